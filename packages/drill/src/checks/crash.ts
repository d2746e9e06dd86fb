// Checks of a drill in which the controller dies by SIGKILL at a chosen place and comes back: exactly one promotion, of one
// run, never two members that take writes.
import type { Check } from '../run/report.ts';
import { type Gathered, promotedMembers } from './facts.ts';
import { checkAudit, checkLost } from './promotion.ts';

export function checkCrash(facts: Gathered, crash: NonNullable<Gathered['crash']>): readonly Check[] {
  return [
    {
      id: 'crashed-as-asked',
      ok: crash.happened,
      says: `${crash.at}: ${crash.happened ? 'died there' : 'it never came there'}`,
    },
    checkOutcome(facts),
    checkLost(facts),
    checkAudit(facts, ['P2001', 'P2003']),
  ];
}

function checkOutcome(facts: Gathered): Check {
  const id = 'exactly-one-promotion';
  const promoted = promotedMembers(facts);
  const entries = facts.audit.filter(({ code }) => code === 'P3009').length;
  const [run] = facts.runs;
  const newest = Math.max(...facts.status.members.map(({ timeline }) => timeline ?? 0));
  const isOnce = promoted.length === 1 && entries === 1 && newest === facts.timeline + 1;
  const says = `${promoted.length === 0 ? 'nobody promoted' : `${promoted.join(', ')} promoted`}; the run is ${run?.state ?? 'not there'}: ${run?.says ?? ''}`;
  return {
    id,
    ok: facts.runs.length === 1 && isOnce,
    says,
  };
}
