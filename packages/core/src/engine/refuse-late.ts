// An approval is for now: asked before the first act of a run, since a controller may sleep between the two.
import { hasStarted, type Run } from '../journal/index.ts';
import type { Step } from '../plan/index.ts';
import type { ClusterState } from './state.ts';

/** Why it's too late to begin, in a sentence; undefined = it isn't. What has begun goes on. */
export function refuseLate(
  { proposal }: ClusterState,
  { run, step, nowMs }: { readonly run: Run; readonly step: Step; readonly nowMs: number },
): string | undefined {
  if (proposal === undefined || !('startBeforeMs' in proposal) || nowMs < proposal.startBeforeMs) return undefined;
  const hasBegun = run.plan.steps.some(({ verb }) => verb !== 'look' && hasStarted(run, verb));
  return step.verb === 'look' || hasBegun
    ? undefined
    : 'The approval was not used in time. Approve again if it still holds.';
}
