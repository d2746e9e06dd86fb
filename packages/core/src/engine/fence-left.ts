// A fence that a run left standing when it was given up: safe as to two primaries, whatever else is broken. It stays on the
// cluster's record until another member leads or this one is seen to serve, with how a person lifts it.
import { hasStarted, isDone, isFenceStanding, type Run } from '../journal/index.ts';
import { liftByHand } from '../plan/index.ts';
import type { ClusterRecord } from './io.ts';

type FenceLeft = NonNullable<ClusterRecord['fenceLeft']>;

export function canLeaveFence(run: Run): boolean {
  const { kind, fence } = run.plan;
  return kind !== 'rejoin' && fence.method !== 'unfenced' && hasStarted(run, 'fence') && !isDone(run, 'promote');
}

/** Of a promotion that nothing fences the step is done at once, and proves nothing. */
export function isFenceProven(run: Run): boolean {
  return run.plan.fence.method !== 'unfenced' && isFenceStanding(run);
}

export function fenceLeftBy(run: Run, nowMs: number): FenceLeft {
  const { method, member, standbys } = run.plan.fence;
  return {
    method,
    member,
    proposal: run.proposal,
    sinceMs: nowMs,
    isProven: isFenceProven(run),
    ...(standbys === undefined ? {} : { standbys }),
  };
}

export function sayFenceLeft(left: Pick<FenceLeft, 'method' | 'member' | 'standbys' | 'isProven'>): string {
  const { member, isProven } = left;
  const is = isProven
    ? `${member} stays fenced: it takes no writes.`
    : `The fence of ${member} was asked for and isn't proven: whether it takes writes is not known.`;
  return `${is} To lift it, once no other member is out of recovery, by hand: ${liftByHand(left)}.`;
}
