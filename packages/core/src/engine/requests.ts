// What becomes a question without a failure: a person asks for a switchover or a rejoin; or a former primary is down and could
// come back, which is offered once, some time after the failover.
import { refuseWho } from '../approval/index.ts';
import type { Request, RequestedPlan } from '../plan/index.ts';
import { isEnded, type Proposal } from '../proposal/index.ts';
import { auditEngine, auditPerson } from './entries.ts';
import type { Effect, Input, RequestInput } from './io.ts';
import type { Judged } from './judge.ts';
import { assessRequested, planRequested } from './keep-requested.ts';
import { openProposal } from './open-proposal.ts';
import { type ClusterState, type EngineState, withCluster } from './state.ts';
import type { Stepped } from './step.ts';

/** The service comes first: its new primary and followers get that long. */
const OFFER_AFTER_MS = 10_000;

type Refusal = { readonly code: string; readonly says: string };

export function takeRequest(
  state: EngineState,
  { request: asked, nowMs }: Extract<Input, { type: 'request' }>,
): Stepped {
  const cluster = state.clusters.get(asked.cluster);
  const refusal = refuseRequest(state, cluster, { asked, nowMs });
  if (refusal !== undefined || cluster === undefined)
    return { state, effects: sayRefused(asked, refusal ?? unknownCluster(asked.cluster), nowMs) };
  const wanted = toRequest(asked, nowMs);
  const made = planRequested(state, cluster, { request: wanted, nowMs });
  if (!made.ok) {
    const says = `A ${asked.kind} of ${asked.cluster} can't be done now: ${made.because}. Nothing was done.`;
    return { state, effects: sayRefused(asked, { code: `${asked.kind}-not-possible`, says }, nowMs) };
  }
  const request = { ...wanted, member: made.plan.candidate }; // the choice is made once
  const says = `${asked.actor.name} asks for a ${asked.kind} of ${asked.cluster}: ${asked.reason} ${made.headline}`;
  const opened = openRequested(state, cluster, { request, made, nowMs }, ({ id, revision }) =>
    auditPerson('P2010', says, {
      atMs: nowMs,
      cluster: asked.cluster,
      proposal: id,
      actor: asked.actor,
      proof: asked.proof,
      payload: { request, digests: revision.digests },
    }),
  );
  const { proposal } = opened.cluster;
  if (proposal === undefined) return { state, effects: [] };
  const answer = `${proposal.id} asks for it: an approver decides. Nothing is done before.`;
  return {
    state: withCluster(state, opened.cluster),
    effects: [...opened.effects, { type: 'reply', to: asked.id, ok: true, says: answer, proposal }],
  };
}

function refuseRequest(
  state: EngineState,
  cluster: ClusterState | undefined,
  { asked, nowMs }: { asked: RequestInput; nowMs: number },
): Refusal | undefined {
  if (cluster === undefined) return unknownCluster(asked.cluster);
  const who = refuseWho({ ...asked, kind: 'hold', environment: cluster.topology.environment });
  if (who?.code === 'role-lacks-right')
    return {
      code: 'role-lacks-right',
      says: `${asked.actor.name} is ${asked.actor.role}; to ask for it takes an operator.`,
    };
  if (who !== undefined) return who;
  if (nowMs < state.doubtUntilMs)
    return {
      code: 'controller-doubts-itself',
      says: `The controller doubts itself: ${state.doubtBecause ?? 'it has just started'}. Nothing was done. Wait some seconds.`,
    };
  const { proposal, record } = cluster;
  if (proposal !== undefined && !isEnded(proposal.state))
    return {
      code: 'another-proposal',
      says: `${proposal.id} is ${proposal.state}: one question at a time. Nothing was done.`,
    };
  if (asked.expectedPrimary !== undefined && asked.expectedPrimary !== record.primary)
    return {
      code: 'another-primary',
      says: `${record.primary} is the primary of ${asked.cluster}, not ${asked.expectedPrimary}. Nothing was done.`,
    };
  // One that is scheduled is looked at in its time: the backup may be over by then.
  if ((asked.backupsRunning ?? 0) > 0 && asked.notBeforeMs === undefined)
    return {
      code: 'backup-running',
      says: `A base backup runs on ${record.primary}: a ${asked.kind} would break it off. Nothing was done. Wait for its end, or ask for a later time.`,
    };
  if (asked.notBeforeMs !== undefined && asked.notBeforeMs < nowMs)
    return { code: 'in-the-past', says: 'The moment it was scheduled for is over. Nothing was done.' };
  return undefined;
}

function unknownCluster(id: string): Refusal {
  return { code: 'unknown-cluster', says: `No cluster ${id} is configured.` };
}

function sayRefused(asked: RequestInput, refusal: Refusal, nowMs: number): readonly Effect[] {
  const says = `${asked.actor.name} asked for a ${asked.kind} of ${asked.cluster} and was refused: ${refusal.says}`;
  const payload = { kind: asked.kind, member: asked.member ?? null, code: refusal.code, reason: asked.reason };
  const { actor, proof, cluster } = asked;
  return [
    auditPerson('P2012', says, { atMs: nowMs, cluster, payload, actor, proof }),
    { type: 'reply', to: asked.id, ok: false, ...refusal },
  ];
}

function toRequest({ kind, member, how, notBeforeMs, actor, reason }: RequestInput, nowMs: number): Request {
  return {
    kind,
    by: { kind: 'person', id: actor.id, name: actor.name },
    reason,
    atMs: nowMs,
    ...(member === undefined ? {} : { member }),
    ...(how === undefined ? {} : { how }),
    ...(notBeforeMs === undefined ? {} : { notBeforeMs }),
  };
}

function openRequested(
  state: EngineState,
  cluster: ClusterState,
  given: { request: Request; made: Extract<RequestedPlan, { ok: true }>; nowMs: number },
  entry: (proposal: Proposal) => Effect,
): Judged {
  const { request, made, nowMs } = given;
  const assessment = assessRequested(cluster, made, nowMs);
  return openProposal(state, cluster, { assessment, plan: made.plan, nowMs, request, entry });
}

/** A former primary that is down though all else is well: may it come back? Asked once, by Petrov itself. */
export function offerRejoin(state: EngineState, cluster: ClusterState, nowMs: number): Judged {
  const { record, proposal, assessment, run } = cluster;
  const { former } = record;
  const nothing = { cluster, effects: [] };
  if (former === undefined || former.isOffered === true || former.member === record.primary) return nothing;
  if (run !== undefined || nowMs < state.doubtUntilMs || nowMs - former.sinceMs < OFFER_AFTER_MS) return nothing;
  if (proposal !== undefined && (!isEnded(proposal.state) || endedLately(proposal, nowMs))) return nothing;
  if (assessment === undefined || assessment.action === 'propose-failover' || assessment.action === 'page')
    return nothing;
  const by = { kind: 'engine', id: 'engine', name: 'Petrov' } as const;
  const reason = `It was the primary before ${record.primary}.`;
  const request: Request = { kind: 'rejoin', member: former.member, by, reason, atMs: nowMs };
  const made = planRequested(state, cluster, { request, nowMs });
  if (!made.ok) return nothing;
  const offered = { ...cluster, record: { ...record, former: { ...former, isOffered: true } } };
  const says = `Proposed: ${made.headline} ${made.explanation}`;
  return openRequested(state, offered, { request, made, nowMs }, ({ id, revision }) =>
    auditEngine('P2001', says, {
      atMs: nowMs,
      cluster: record.cluster,
      proposal: id,
      payload: { revision: 1, digests: revision.digests, member: former.member },
    }),
  );
}

function endedLately(proposal: Proposal, nowMs: number): boolean {
  return 'endedAtMs' in proposal && nowMs - proposal.endedAtMs < OFFER_AFTER_MS;
}
