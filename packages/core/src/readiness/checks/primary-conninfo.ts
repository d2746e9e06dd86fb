// How members reach an upstream: without primary_conninfo a sibling can't be pointed at the new primary, nor can the old
// primary return as a standby.
import { at, type Check, costs, type Finding, ok, standbysOf, unknown, worstOf } from '../check.ts';
import type { ReadinessFacts, ServerFacts } from '../facts.ts';

const TO_DO = 'Set primary_conninfo with host, port, user and a passfile that knows every member; a reload is enough.';

export const primaryConninfo: Check = {
  id: 'primary-conninfo',
  title: 'Connection to an upstream',
  examine: (facts) =>
    worstOf(
      facts.members.map((member) => at(member, (server, id) => examineOne(facts, server, id))),
      'Each member knows how to reach an upstream; streaming standbys have proven it.',
    ),
};

function examineOne(facts: ReadinessFacts, { conninfo, isReceiving }: ServerFacts, id: string): Finding {
  const isStandby = standbysOf(facts).some((member) => member.id === id);
  if (!conninfo.isSet)
    return costs(
      isStandby
        ? `${id} has no primary_conninfo: it can’t be pointed at the new primary.`
        : `${id} has no primary_conninfo: it is missing when ${id} returns as a standby.`,
      TO_DO,
    );
  if (conninfo.hasCredentials || isReceiving) return ok('');
  return unknown(
    `${id} names no passfile in primary_conninfo, and isn’t streaming: whether it gets in isn’t known.`,
    TO_DO,
  );
}
