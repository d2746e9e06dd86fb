// Keeps the proposal of a cluster true to the case: opened when a failover is due, revised when something material changed,
// withdrawn when the case is gone, refreshed or expired at its end. Silence and time never approve.
import type { Assessment } from '../assessment/index.ts';
import {
  digestWords,
  findMaterialChanges,
  makeDigests,
  type MaterialChange,
  materialItems,
} from '../approval/index.ts';
import type { Plan, PlanOutcome } from '../plan/index.ts';
import { advance, isEnded, type Proposal, type Revision } from '../proposal/index.ts';
import { auditEngine } from './entries.ts';
import { startRun } from './execute.ts';
import { isHeldBack } from './fleet.ts';
import type { Effect } from './io.ts';
import type { Judged } from './judge.ts';
import { pageProposal } from './pages.ts';
import type { ClusterState, EngineState } from './state.ts';

/** A page that changes each second can't be read: at most one revision in this time, unless something counts against. */
const REVISE_EVERY_MS = 10_000;
/** A source that misses a beat and is back is no news: what doesn't count against must have stood this long. */
const SETTLE_MS = 3_000;

type Now = { readonly plan: PlanOutcome | undefined; readonly nowMs: number };

export function keepProposal(state: EngineState, cluster: ClusterState, now: Now): Judged {
  const { proposal, assessment } = cluster;
  if (assessment === undefined || cluster.run !== undefined) return { cluster, effects: [] };
  if (now.nowMs < state.doubtUntilMs) return { cluster, effects: [] }; // who doubts himself neither asks nor takes back
  const isProposed = assessment.action === 'propose-failover' && now.plan?.ok === true;
  if (proposal === undefined || isEnded(proposal.state)) {
    return isProposed && now.plan?.ok
      ? open(state, cluster, { assessment, plan: now.plan.plan, nowMs: now.nowMs })
      : { cluster, effects: [] };
  }
  if (isHeldBack(assessment) && proposal.state === 'open') return { cluster, effects: [] };
  if (!isProposed)
    return end(cluster, proposal, {
      event: 'withdraw',
      nowMs: now.nowMs,
      because: `${assessment.headline} ${assessment.explanation}`,
    });
  if (!now.plan?.ok) return { cluster, effects: [] };
  if (proposal.state === 'approved')
    return keepApproved(state, cluster, { proposal, assessment, plan: now.plan.plan, nowMs: now.nowMs });
  if (proposal.state !== 'open') return { cluster, effects: [] };
  return revise(state, cluster, { proposal, assessment, plan: now.plan.plan, nowMs: now.nowMs });
}

function open(
  state: EngineState,
  cluster: ClusterState,
  made: { assessment: Assessment; plan: Plan; nowMs: number },
): Judged {
  const { nowMs, assessment, plan } = made;
  if (isRejectedCase(cluster, assessment)) return { cluster, effects: [] };
  const number = cluster.record.proposalsOpened + 1;
  const id = `${cluster.topology.id}-p${number}`;
  const revision = makeRevision(state, cluster, { number: 1, nowMs, assessment, plan, changes: [] });
  const proposal: Proposal = {
    id,
    cluster: cluster.topology.id,
    environment: cluster.topology.environment,
    episode: cluster.pagedVerdict?.episode ?? id,
    openedAtMs: nowMs,
    expiresAtMs: nowMs + cluster.policy.proposalExpiryMs,
    revision,
    decisions: [],
    state: 'open',
  };
  const { rejectedCase: _, ...kept } = cluster.record;
  const record = { ...kept, proposalsOpened: number };
  const says = `Proposed: promote ${plan.candidate} in ${proposal.cluster}. ${assessment.headline} ${assessment.explanation}`;
  return {
    cluster: {
      ...cluster,
      record,
      proposal,
      history: [{ number: 1, atMs: nowMs, changes: [] }],
      pagedVerdict: undefined,
    },
    effects: [
      { type: 'store', what: 'cluster', record },
      { type: 'store', what: 'proposal', proposal },
      auditEngine('P2001', says, {
        atMs: nowMs,
        cluster: proposal.cluster,
        proposal: id,
        payload: { revision: 1, digests: revision.digests, candidate: plan.candidate, capBytes: plan.loss.capBytes },
      }),
      pageProposal(proposal, 'raised'),
    ],
  };
}

/** The case a person rejected isn't raised again until something speaks for it that didn't before. */
function isRejectedCase(cluster: ClusterState, assessment: Assessment): boolean {
  const rejected = cluster.record.rejectedCase;
  return rejected !== undefined && caseOf(assessment).every((item) => rejected.includes(item));
}

export function caseOf(assessment: Assessment): readonly string[] {
  return [`verdict/${assessment.verdict}`, ...materialItems(assessment.for)];
}

function makeRevision(
  state: EngineState,
  cluster: ClusterState,
  made: { number: number; nowMs: number; assessment: Assessment; plan: Plan; changes: string[] },
): Revision {
  const { number, nowMs, assessment, plan, changes } = made;
  const digests = makeDigests({ assessment, plan, policy: cluster.policy }, state.config.hash);
  return { number, atMs: nowMs, assessment, plan, digests, changes, words: digestWords(digests.plan) };
}

function revise(
  state: EngineState,
  cluster: ClusterState,
  made: { proposal: Proposal; assessment: Assessment; plan: Plan; nowMs: number },
): Judged {
  const { proposal, assessment, plan, nowMs } = made;
  const isAtItsEnd = nowMs >= proposal.expiresAtMs;
  const { heldUntilMs = Infinity } = proposal;
  const isHoldOver = nowMs >= heldUntilMs && proposal.revision.atMs < heldUntilMs;
  const watched = watchChanges(cluster, made);
  const changes = watched.differs?.changes ?? [];
  const isDue = nowMs - proposal.revision.atMs >= REVISE_EVERY_MS || cluster.isRevisionDue === true;
  const isAgainst = changes.some((c) => c.countsAgainst);
  if (!isAtItsEnd && !isHoldOver && !isAgainst && !(isDue && standingChanges(watched, nowMs).length > 0))
    return { cluster: watched, effects: [] };
  const unchanged = isHoldOver
    ? 'the wait is over: the question stands'
    : 'still true: the question stands for another period';
  const says = changes.length > 0 ? changes.map((c) => c.says) : [unchanged];
  const revision = makeRevision(state, cluster, {
    number: proposal.revision.number + 1,
    nowMs,
    assessment,
    plan,
    changes: says,
  });
  const advanced = advance(proposal, {
    event: 'revise',
    revision,
    expiresAtMs: isAtItsEnd ? nowMs + cluster.policy.proposalExpiryMs : proposal.expiresAtMs,
  });
  if (!advanced.ok) return { cluster, effects: [] };
  const next = advanced.proposal;
  const payload = { revision: revision.number, digests: revision.digests, changes: says };
  return {
    cluster: {
      ...cluster,
      proposal: next,
      differs: undefined,
      isRevisionDue: undefined,
      history: [...cluster.history, { number: revision.number, atMs: nowMs, changes: says }].slice(-50),
    },
    effects: [
      { type: 'store', what: 'proposal', proposal: next },
      auditEngine('P2002', `Revision ${revision.number}: ${says.join('; ')}.`, {
        atMs: nowMs,
        cluster: next.cluster,
        proposal: next.id,
        payload,
      }),
      ...(changes.length > 0 || isHoldOver ? [pageProposal(next, 'revised')] : []),
    ],
  };
}

function watchChanges(
  cluster: ClusterState,
  { proposal, assessment, plan, nowMs }: { proposal: Proposal; assessment: Assessment; plan: Plan; nowMs: number },
): ClusterState {
  const changes = findMaterialChanges(proposal.revision, {
    assessment,
    plan,
    digests: { policy: cluster.policyDigest },
  });
  const sinceMs = cluster.differs?.sinceMs ?? nowMs;
  return { ...cluster, differs: changes.length === 0 ? undefined : { changes, sinceMs } };
}

/** In what the case differs from the revision for good: what counts against at once, the rest once it has stood. */
export function standingChanges({ differs }: ClusterState, nowMs: number): readonly MaterialChange[] {
  if (differs === undefined) return [];
  const hasSettled = nowMs - differs.sinceMs >= SETTLE_MS;
  return differs.changes.filter((c) => hasSettled || c.countsAgainst);
}

/** Approved and not started: the controller doubted itself, or was restarted. Starts what was approved, or nothing. */
function keepApproved(
  state: EngineState,
  cluster: ClusterState,
  made: { proposal: Extract<Proposal, { state: 'approved' }>; assessment: Assessment; plan: Plan; nowMs: number },
): Judged {
  const { proposal, plan, nowMs } = made;
  const expire = (because: string) => end(cluster, proposal, { event: 'expire', nowMs, because });
  if (nowMs >= proposal.startBeforeMs)
    return expire('The approval was not used in time; nothing was done. Approve again if it still holds.');
  const watched = watchChanges(cluster, made);
  const changes = standingChanges(watched, nowMs);
  if (changes.length > 0 || plan.epoch !== proposal.revision.plan.epoch)
    return expire(
      `What was approved has changed, nothing was done: ${changes.map((c) => c.says).join('; ') || 'another epoch'}.`,
    );
  // What differs, if only for a moment, is no case to act on; it passes, or it stands and voids the approval.
  return watched.differs === undefined ? startRun(state, cluster, nowMs) : { cluster: watched, effects: [] };
}

function end(
  cluster: ClusterState,
  proposal: Proposal,
  how: { event: 'withdraw' | 'expire'; nowMs: number; because: string },
): Judged {
  const advanced = advance(proposal, { event: how.event, atMs: how.nowMs, because: how.because });
  if (!advanced.ok) return { cluster, effects: [] };
  const code = how.event === 'withdraw' ? 'P2006' : 'P2007';
  const effects: Effect[] = [
    { type: 'store', what: 'proposal', proposal: advanced.proposal },
    auditEngine(code, `${proposal.id} ${how.event === 'withdraw' ? 'withdrawn' : 'expired'}: ${how.because}`, {
      atMs: how.nowMs,
      cluster: proposal.cluster,
      proposal: proposal.id,
      payload: { revision: proposal.revision.number },
    }),
    pageProposal(
      advanced.proposal,
      how.event === 'withdraw' ? 'withdrawn' : 'expired',
      `${proposal.cluster}: the question is off. ${how.because}`,
    ),
  ];
  return { cluster: { ...cluster, proposal: advanced.proposal }, effects };
}
