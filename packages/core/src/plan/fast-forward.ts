// The candidate takes from a sibling what that has more. Where that is known before the question, the plan says from whom
// and how far. Positions are final only once the primary is fenced, though, so the plan also names those from whom it takes
// the rest if the settling finds one ahead: nothing is left to choose but the furthest of them.
import type { Case } from '../assessment/case.ts';
import { type Findings, sayForbidden } from '../assessment/findings/index.ts';
import { lsnDistanceBytes } from '../cluster/index.ts';
import type { Ranked } from './candidate.ts';
import type { Ahead, FencePlan, Step } from './plan.ts';

type Standby = Findings['standbys'][number];
/** Who is ahead already, and who may turn out to be. */
export type FastForward = { readonly ahead?: Ahead | undefined; readonly ifAhead: readonly string[] };

/** Only where the candidate has an agent that may do it; never from one that replays with a delay. */
export function planFastForward(
  { topology }: Case,
  found: Findings,
  { chosen, all }: { chosen: Ranked; all: readonly Standby[] },
): FastForward {
  const agent = found.hosts.find((h) => h.member === chosen.member);
  if (agent?.isFresh !== true || sayForbidden(agent.host, ['settle']) !== undefined) return { ifAhead: [] };
  const delayed = new Set(topology.members.filter((m) => m.delayMs > 0).map(({ id }) => id));
  const givers = all.filter((s) => !delayed.has(s.id));
  const [furthest] = givers
    .filter((s) => aheadBytes(s, chosen) > 0)
    .toSorted((a, b) => aheadBytes(b, chosen) - aheadBytes(a, chosen));
  const lsn = furthest?.receiver?.receivedLsn;
  return {
    ...(furthest === undefined || lsn === undefined ? {} : { ahead: { member: furthest.id, lsn } }),
    ifAhead: givers.map(({ id }) => id),
  };
}

/** Bytes that this standby received and the candidate didn't: it could never follow it. */
export function aheadBytes(standby: Standby, chosen: Ranked): number {
  const lsn = standby.receiver?.receivedLsn;
  return lsn === undefined ? 0 : Math.max(0, lsnDistanceBytes(chosen.lsn, lsn));
}

/** None where a fence has made the siblings follow the candidate already. */
export function fastForwardSteps(member: string, { ahead, ifAhead }: FastForward, fence: FencePlan): Step[] {
  if (ifAhead.length === 0 || fence.method === 'sync-starved') return [];
  const names = ifAhead.join(' or ');
  const step: Step = {
    id: 'fast-forward',
    verb: 'fast-forward',
    member,
    ifAhead: [...ifAhead],
    says: `If ${names} is ahead after the fence, ${member} first takes the rest from it`,
    command: `agent on ${member}: primary_conninfo host of the furthest of ${ifAhead.join(', ')}, reload, until it has as much`,
    undo: 'reversible',
    deadlineMs: 30_000,
    doneWhen: `no one of ${ifAhead.join(', ')} is ahead, or ${member} has received what the furthest has`,
    isFollowUp: false,
  };
  return [ahead === undefined ? step : aimFastForward(step, ahead)];
}

/** The same step once it's known from whom, and up to where. */
export function aimFastForward(step: Step, { member: from, lsn }: Ahead): Step {
  const { member } = step;
  return {
    ...step,
    from,
    atLeastLsn: lsn,
    says: `${member} takes from ${from} what it has more, up to ${lsn}`,
    command: `agent on ${member}: primary_conninfo host of ${from}, reload, until ${lsn} is received`,
    doneWhen: `${member} has received ${lsn}`,
  };
}
