// Keeps the proposal of a cluster true to the case: opened when a failover is due, revised when something material changed,
// withdrawn when the case is gone, refreshed or expired at its end. Silence and time never approve.
import type { Assessment } from '../assessment/index.ts';
import { materialItems } from '../approval/index.ts';
import type { Plan, PlanOutcome } from '../plan/index.ts';
import { isEnded, type Proposal } from '../proposal/index.ts';
import { endProposal } from './end-proposal.ts';
import { auditEngine } from './entries.ts';
import { isHeldBack } from './fleet.ts';
import type { Judged } from './judge.ts';
import { keepApproved } from './keep-approved.ts';
import { keepRequested } from './keep-requested.ts';
import { openProposal, type Opening } from './open-proposal.ts';
import { revise } from './revise.ts';
import { type ClusterState, type EngineState, hasPromoted, isBusy } from './state.ts';

type Now = { readonly plan: PlanOutcome | undefined; readonly nowMs: number };

export function keepProposal(state: EngineState, cluster: ClusterState, now: Now): Judged {
  const { proposal, assessment } = cluster;
  const { nowMs } = now;
  if (assessment === undefined || isBusy(cluster)) return { cluster, effects: [] };
  if (nowMs < state.doubtUntilMs) return { cluster, effects: [] }; // who doubts himself neither asks nor takes back
  const plan = assessment.action === 'propose-failover' && now.plan?.ok === true ? now.plan.plan : undefined;
  if (proposal === undefined || isEnded(proposal.state))
    return plan === undefined ? { cluster, effects: [] } : raise(state, cluster, { assessment, plan, nowMs });
  if (proposal.request !== undefined) {
    return plan === undefined
      ? keepRequested(state, cluster, { proposal, request: proposal.request, nowMs })
      : giveWay(state, cluster, { proposal, assessment, plan, nowMs });
  }
  if (hasPromoted(cluster))
    return plan === undefined
      ? { cluster, effects: [] }
      : giveWay(state, cluster, { proposal, assessment, plan, nowMs });
  if (isHeldBack(assessment) && proposal.state === 'open') return { cluster, effects: [] };
  if (assessment.action !== 'propose-failover') {
    const because = `${assessment.headline} ${assessment.explanation}`;
    return endProposal(cluster, proposal, { event: 'withdraw', nowMs, because });
  }
  if (plan === undefined) return { cluster, effects: [] };
  if (proposal.state === 'approved') return keepApproved(state, cluster, { proposal, assessment, plan, nowMs });
  if (proposal.state !== 'open') return { cluster, effects: [] };
  return revise(state, cluster, { proposal, assessment, plan, nowMs });
}

/**
 * A failover doesn't wait for what was only asked for, nor for a rejoin that runs: that touches neither of its members. Nor
 * for the rest of a run whose promoted member has failed.
 */
function giveWay(
  state: EngineState,
  cluster: ClusterState,
  made: { proposal: Proposal; assessment: Assessment; plan: Plan; nowMs: number },
): Judged {
  const { proposal, assessment, nowMs } = made;
  const because = `${assessment.headline} A failover takes its place.`;
  const ended = endProposal(cluster, proposal, { event: 'supersede', nowMs, because });
  const opened = raise(state, { ...ended.cluster, run: undefined, look: undefined }, made);
  return { cluster: opened.cluster, effects: [...ended.effects, ...opened.effects] };
}

/** A failure becomes a question, unless a person said no to just that. */
function raise(state: EngineState, cluster: ClusterState, made: Omit<Opening, 'entry'>): Judged {
  const { assessment, plan } = made;
  if (isRejectedCase(cluster, assessment)) return { cluster, effects: [] };
  const says = `Proposed: promote ${plan.candidate} in ${cluster.topology.id}. ${assessment.headline} ${assessment.explanation}`;
  return openProposal(state, cluster, {
    ...made,
    request: undefined,
    entry: ({ id, revision }) =>
      auditEngine('P2001', says, {
        atMs: made.nowMs,
        cluster: cluster.topology.id,
        proposal: id,
        payload: { revision: 1, digests: revision.digests, candidate: plan.candidate, capBytes: plan.loss.capBytes },
      }),
  });
}

/** The case a person rejected isn't raised again until something speaks for it that didn't before. */
function isRejectedCase(cluster: ClusterState, assessment: Assessment): boolean {
  const rejected = cluster.record.rejectedCase;
  return rejected !== undefined && caseOf(assessment).every((item) => rejected.includes(item));
}

export function caseOf(assessment: Assessment): readonly string[] {
  return [`verdict/${assessment.verdict}`, ...materialItems(assessment.for)];
}
