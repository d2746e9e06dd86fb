// An approval that wasn't used at once: it starts what was approved, or nothing.
import type { Assessment } from '../assessment/index.ts';
import type { Plan } from '../plan/index.ts';
import type { Proposal } from '../proposal/index.ts';
import { endProposal } from './end-proposal.ts';
import { startRun } from './execute.ts';
import type { Judged } from './judge.ts';
import { standingChanges, watchChanges } from './revise.ts';
import type { ClusterState, EngineState } from './state.ts';

/** Approved and not started: the controller doubted itself, or was restarted. Starts what was approved, or nothing. */
export function keepApproved(
  state: EngineState,
  cluster: ClusterState,
  made: { proposal: Extract<Proposal, { state: 'approved' }>; assessment: Assessment; plan: Plan; nowMs: number },
): Judged {
  const { proposal, plan, nowMs } = made;
  const expire = (because: string) => endProposal(cluster, proposal, { event: 'expire', nowMs, because });
  if (nowMs >= proposal.startBeforeMs)
    return expire('The approval was not used in time; nothing was done. Approve again if it still holds.');
  if (nowMs < (proposal.request?.notBeforeMs ?? 0)) return { cluster, effects: [] };
  const watched = watchChanges(cluster, made);
  const changes = standingChanges(watched, nowMs);
  if (changes.length > 0 || plan.epoch !== proposal.revision.plan.epoch)
    return expire(
      `What was approved has changed, nothing was done: ${changes.map((c) => c.says).join('; ') || 'another epoch'}.`,
    );
  // What differs, if only for a moment, is no case to act on; it passes, or it stands and voids the approval.
  return watched.differs === undefined ? startRun(state, cluster, nowMs) : { cluster: watched, effects: [] };
}
