// A person's answer: accepted or refused with a sentence; either way on the record. Never performs anything itself.
import type { DecisionRecord } from '../approval/index.ts';
import { advance, type Change, type Proposal } from '../proposal/index.ts';
import { auditPerson } from './entries.ts';
import type { DecisionInput, Effect, Input } from './io.ts';
import { pageProposal } from './pages.ts';
import { caseOf } from './proposals.ts';
import { abandonRun, resumeRun } from './continue-run.ts';
import { startRun } from './execute.ts';
import { agreeFirst, consentNow, standingFirst } from './first-approval.ts';
import { leaveForOtherFence } from './other-fence.ts';
import { refuse, type Refusal } from './refuse-decision.ts';
import { type ClusterState, type EngineState, withCluster } from './state.ts';
import type { Stepped } from './step.ts';

const DEFAULT_HOLD_MS = 60_000;

export function decide(state: EngineState, input: Extract<Input, { type: 'decision' }>): Stepped {
  const { decision, nowMs } = input;
  const cluster = [...state.clusters.values()].find((c) => c.proposal?.id === decision.proposal);
  if (cluster?.proposal === undefined) {
    return {
      state,
      effects: [
        {
          type: 'reply',
          to: decision.id,
          ok: false,
          code: 'unknown-proposal',
          says: `No proposal ${decision.proposal} is known here, or a newer one took its place.`,
        },
      ],
    };
  }
  const refusal = refuse(state, cluster, { decision, nowMs });
  if (refusal !== undefined) return refused(state, cluster, { decision, nowMs, refusal });
  return accept(state, cluster, { decision, nowMs, proposal: cluster.proposal });
}

function refused(
  state: EngineState,
  cluster: ClusterState,
  { decision, nowMs, refusal }: { decision: DecisionInput; nowMs: number; refusal: Refusal },
): Stepped {
  const says = `${decision.actor.name} wanted to ${decision.kind} ${decision.proposal} and was refused: ${refusal.says}`;
  const payload = { decision: decision.kind, code: refusal.code, revision: decision.revision, reason: decision.reason };
  // Whoever answered what is no longer so wants to see what is: the next revision doesn't wait for its turn.
  const seen = refusal.code === 'evidence-changed' ? withCluster(state, { ...cluster, isRevisionDue: true }) : state;
  return {
    state: seen,
    effects: [
      auditPerson('P2008', says, {
        atMs: nowMs,
        cluster: cluster.topology.id,
        proposal: decision.proposal,
        payload,
        actor: decision.actor,
        proof: decision.proof,
      }),
      { type: 'reply', to: decision.id, ok: false, ...refusal },
    ],
  };
}

function accept(
  state: EngineState,
  cluster: ClusterState,
  asked: { decision: DecisionInput; nowMs: number; proposal: Proposal },
): Stepped {
  const { decision, nowMs, proposal } = asked;
  if (decision.kind === 'resume' || decision.kind === 'abandon') return continueRun(state, cluster, asked);
  const record = toRecord(decision, proposal, nowMs);
  const first = standingFirst(cluster, nowMs);
  if (decision.kind === 'approve' && consentNow(cluster).people > 1 && first === undefined) {
    const agreed = agreeFirst(state, cluster, { proposal, record, decision });
    if (agreed !== undefined) return { state: withCluster(state, agreed.cluster), effects: agreed.effects };
  }
  if (decision.kind === 'refence') {
    const left = leaveForOtherFence(cluster, { proposal, decision: record });
    if (!left.ok) return refused(state, cluster, { decision, nowMs, refusal: left });
    return { state: withCluster(state, left.cluster), effects: left.effects };
  }
  return answerOpen(state, cluster, { decision, kind: decision.kind, nowMs, proposal, record, first });
}

/** An answer that moves the proposal along by itself. */
function answerOpen(
  state: EngineState,
  cluster: ClusterState,
  given: {
    decision: DecisionInput;
    kind: 'approve' | 'reject' | 'hold';
    nowMs: number;
    proposal: Proposal;
    record: DecisionRecord;
    first: DecisionRecord | undefined;
  },
): Stepped {
  const { decision, kind, nowMs, proposal, record, first } = given;
  const advanced = advance(
    proposal,
    toChange(record, { decision, nowMs, startBeforeMs: startBefore(proposal, cluster, nowMs) }),
  );
  if (!advanced.ok) return refused(state, cluster, { decision, nowMs, refusal: advanced });
  const kept =
    kind === 'reject' && proposal.request === undefined
      ? { ...cluster.record, rejectedCase: [...caseOf(proposal.revision.assessment)] }
      : cluster.record;
  const decided: ClusterState = { ...cluster, proposal: advanced.proposal, record: kept };
  const says = { approve: 'approved', reject: 'rejected', hold: 'held' }[kind];
  const effects: Effect[] = [
    { type: 'store', what: 'proposal', proposal: advanced.proposal },
    ...(kind === 'reject' ? [{ type: 'store', what: 'cluster', record: kept } as const] : []),
    auditPerson(
      ({ approve: 'P2003', reject: 'P2004', hold: 'P2005' } as const)[kind],
      `${decision.actor.name} ${says} ${proposal.id}, revision ${proposal.revision.number}${sayFirst(first)}: ${decision.reason}`,
      {
        atMs: nowMs,
        cluster: cluster.topology.id,
        proposal: proposal.id,
        actor: decision.actor,
        proof: decision.proof,
        payload: first === undefined ? { decision: record } : { decision: record, first },
      },
    ),
    pageProposal(
      advanced.proposal,
      ({ approve: 'approved', reject: 'rejected', hold: 'held' } as const)[kind],
      `${cluster.topology.id}: ${decision.actor.name} ${says} it. ${decision.reason}`,
      advanced.proposal.decisions.length,
    ),
    {
      type: 'reply',
      to: decision.id,
      ok: true,
      says: answer(decision, advanced.proposal),
      proposal: advanced.proposal,
    },
  ];
  if (kind !== 'approve') return { state: withCluster(state, decided), effects };
  const started = startRun(state, decided, nowMs);
  return { state: withCluster(state, started.cluster), effects: [...effects, ...started.effects] };
}

function sayFirst(first: DecisionRecord | undefined): string {
  return first === undefined ? '' : ` (before, ${first.actor.name} approved it as the first of two: ${first.reason})`;
}

/** What is scheduled has its time to start from then on. */
function startBefore({ request }: Proposal, { policy }: ClusterState, nowMs: number): number {
  return Math.max(nowMs, request?.notBeforeMs ?? nowMs) + policy.executionExpiryMs;
}

function continueRun(
  state: EngineState,
  cluster: ClusterState,
  asked: { decision: DecisionInput; nowMs: number; proposal: Proposal },
): Stepped {
  const { decision, nowMs } = asked;
  const continued = decision.kind === 'resume' ? resumeRun(state, cluster, asked) : abandonRun(state, cluster, asked);
  if (!continued.ok) return refused(state, cluster, { decision, nowMs, refusal: continued });
  return { state: withCluster(state, continued.cluster), effects: continued.effects };
}

function toChange(
  record: DecisionRecord,
  { decision, nowMs, startBeforeMs }: { decision: DecisionInput; nowMs: number; startBeforeMs: number },
): Change {
  if (decision.kind === 'approve') return { event: 'approve', decision: record, startBeforeMs };
  if (decision.kind === 'hold') return { event: 'hold', decision: record, heldUntilMs: record.holdUntilMs ?? nowMs };
  return { event: 'reject', decision: record, atMs: nowMs, because: decision.reason };
}

function toRecord(decision: DecisionInput, proposal: Proposal, nowMs: number): DecisionRecord {
  const { id, kind, revision, digests, actor, proof, reason, displayed, overrides } = decision;
  const held = kind === 'hold' ? { holdUntilMs: nowMs + (decision.holdForMs ?? DEFAULT_HOLD_MS) } : {};
  return {
    id,
    kind,
    proposal: proposal.id,
    revision,
    digests,
    actor,
    proof,
    reason,
    displayed,
    atMs: nowMs,
    capBytes: proposal.revision.plan.loss.capBytes,
    ...held,
    ...(overrides === undefined ? {} : { overrides }),
  };
}

function answer(decision: DecisionInput, proposal: Proposal): string {
  if (decision.kind === 'approve') return answerApproval(proposal);
  if (decision.kind === 'reject')
    return 'Rejected. Nothing is promoted; it is not raised again until something new speaks for it.';
  return 'Held. Nothing is promoted; the measuring goes on.';
}

function answerApproval({ revision: { plan }, request }: Proposal): string {
  const at = request?.notBeforeMs === undefined ? '' : ' It begins at the time that was asked for.';
  return plan.kind === 'rejoin'
    ? `Approved. ${plan.candidate} comes back as a standby of ${plan.primary} once the last look allows it.`
    : `Approved. ${plan.candidate} is promoted once the last look and the fence allow it.${at}`;
}
