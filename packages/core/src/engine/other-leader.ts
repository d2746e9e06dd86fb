// Somebody else may promote a member by hand while a run is under way or stuck. Lifting the fence of the old primary then would
// make two that take writes. (I7)
import { freshnessMs } from '../assessment/index.ts';
import type { Run } from '../journal/index.ts';
import type { Plan, Step } from '../plan/index.ts';
import type { ClusterState } from './state.ts';

/** A member that takes writes besides the plan's primary, as it was told just now or of a newer timeline. */
export function findOtherLeader(cluster: ClusterState, { primary, timeline }: Plan, nowMs: number): string | undefined {
  for (const [id, { inRecovery, inRecoveryAtMs = -Infinity, timeline: its = 0 }] of cluster.memory.members) {
    const isBelieved = nowMs - inRecoveryAtMs <= freshnessMs(cluster, 'sql') || its > timeline;
    if (id !== primary && inRecovery === false && isBelieved) return id;
  }
  return undefined;
}

/** Why this step may not be done, in a sentence; undefined = nobody else leads, or it lifts nothing. */
export function refuseSecondPrimary(
  cluster: ClusterState,
  { run, step, nowMs }: { readonly run: Run; readonly step: Step; readonly nowMs: number },
): string | undefined {
  const other = step.verb === 'unfence' ? findOtherLeader(cluster, run.plan, nowMs) : undefined;
  return other === undefined ? undefined : `${other} takes writes: two would, were ${run.plan.primary} let go.`;
}
