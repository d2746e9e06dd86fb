// Slots that siblings stream by: a standby's slots aren't replicated, so at the candidate they must be made, and until then it
// keeps no WAL for anybody.
import {
  atCandidate,
  atPrimary,
  type Check,
  costs,
  fails,
  type Finding,
  numberOf,
  ok,
  standbysOf,
  unknown,
  worstOf,
} from '../check.ts';
import type { ReadinessFacts, ServerFacts } from '../facts.ts';

export const physicalSlots: Check = {
  id: 'physical-slots',
  title: 'Physical slots',
  examine: (facts) =>
    worstOf([atCandidate(facts, (one, id) => siblings(facts, one, id)), others(facts)], okSays(facts)),
};

function okSays({ candidate }: ReadinessFacts): string {
  return `${candidate.ok ? candidate.value : 'The candidate'} can feed the other standbys: slots or kept WAL are there.`;
}

/** Siblings that stream by a slot now would need one at the candidate. */
function siblings(facts: ReadinessFacts, candidate: ServerFacts, id: string): Finding {
  const using = standbysOf(facts).flatMap(({ id: member, server }) =>
    member !== id && server.ok && slotOf(server.value) !== '' ? [{ member, slot: slotOf(server.value) }] : [],
  );
  const missing = using.filter(({ slot }) => !candidate.slots.some(({ name }) => name === slot));
  if (missing.length === 0) return ok('');
  const free = (numberOf(candidate, 'max_replication_slots') ?? 0) - candidate.slots.length;
  const names = missing.map(({ slot }) => slot).join(', ');
  if (free < missing.length)
    return fails(
      `${id} has room for ${Math.max(0, free)} more slots, its siblings need ${missing.length} (${names}).`,
      `Raise max_replication_slots at ${id} and restart it.`,
    );
  if ((numberOf(candidate, 'wal_keep_size') ?? 0) > 0) return ok('');
  return costs(
    `${id} lacks ${names}: they are made during the failover, and until then it keeps no WAL for ${missing.map(({ member }) => member).join(', ')}.`,
    `Set wal_keep_size at ${id} (such as 1GB). A slot that is made there beforehand keeps WAL until the disk is full.`,
  );
}

/** Slots of others, such as a backup's: nobody makes those at the candidate. */
function others(facts: ReadinessFacts): Finding {
  const standbys = standbysOf(facts);
  const used = standbys.flatMap(({ server }) => (server.ok ? [slotOf(server.value)] : []));
  return atPrimary(facts, ({ slots }, id) => {
    const foreign = slots.filter((slot) => slot.kind === 'physical' && !slot.isTemporary && !used.includes(slot.name));
    if (foreign.length === 0) return ok('');
    const names = foreign.map(({ name, isActive }) => `${name}${isActive ? '' : ' (not used now)'}`).join(', ');
    if (used.length < standbys.length) return unknown(`Whose slots these are at ${id} isn’t known: ${names}.`);
    return costs(
      `${id} has slots that belong to no standby: ${names}. They would be missing after a failover.`,
      'Make them at the new primary afterwards, or drop those that nobody uses: each keeps WAL.',
    );
  });
}

function slotOf({ settings }: ServerFacts): string {
  return settings['primary_slot_name'] ?? '';
}
