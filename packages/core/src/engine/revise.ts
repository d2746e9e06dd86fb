// A question that stays true to the case: revised when something material changed and has stood, refreshed at its end.
import type { Assessment } from '../assessment/index.ts';
import { consentFor, digestWords, findMaterialChanges, makeDigests, type MaterialChange } from '../approval/index.ts';
import type { Plan } from '../plan/index.ts';
import { advance, type Proposal, type Revision } from '../proposal/index.ts';
import { auditEngine } from './entries.ts';
import type { Judged } from './judge.ts';
import { pageProposal } from './pages.ts';
import type { ClusterState, EngineState } from './state.ts';

/** A page that changes each second can't be read: at most one revision in this time, unless something counts against. */
const REVISE_EVERY_MS = 10_000;
/** A source that misses a beat and is back is no news: what doesn't count against must have stood this long. */
const SETTLE_MS = 3_000;

export function makeRevision(
  state: EngineState,
  cluster: ClusterState,
  made: { number: number; nowMs: number; assessment: Assessment; plan: Plan; changes: string[] },
): Revision {
  const { number, nowMs, assessment, plan, changes } = made;
  const digests = makeDigests({ assessment, plan, policy: cluster.policy }, state.config.hash);
  return {
    number,
    atMs: nowMs,
    assessment,
    plan,
    digests,
    consent: consentFor(plan, cluster.policy),
    changes,
    words: digestWords(digests.plan),
  };
}

export function revise(
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

export function watchChanges(
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
