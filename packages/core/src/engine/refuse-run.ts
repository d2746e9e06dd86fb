// What was approved is what runs: asked before each step of a plan, since a run may come from the store, and the store from
// anywhere. The approval's digest, the run's and that of the very plan in hand are one; the plan is still sound. (Invariants
// I1, I2)
import { digestOf, materialPlan } from '../approval/index.ts';
import type { Run } from '../journal/index.ts';
import { checkPlan } from '../plan/index.ts';
import type { ClusterState, EngineState } from './state.ts';

/** Why this run may not go on, in a sentence; undefined = it may. */
export function refuseRun(state: EngineState, cluster: ClusterState, run: Run): string | undefined {
  const { proposal } = cluster;
  const approval = proposal !== undefined && 'approval' in proposal ? proposal.approval : undefined;
  if (approval?.kind !== 'approve' || approval.proposal !== run.proposal || approval.revision !== run.revision)
    return 'No recorded approval names this run. Nothing more is done.';
  const digest = digestOf(materialPlan(run.plan), state.config.hash);
  if (digest !== run.planDigest || approval.digests.plan !== run.planDigest)
    return 'The plan in hand is not the one that was approved. Nothing more is done.';
  const violations = checkPlan(run.plan);
  return violations.length === 0 ? undefined : `The plan is not sound: ${violations.join('; ')}.`;
}
