// Why an answer to a proposal doesn't count: who gives it, what it answers, and whether that is still so. (I1, I2)
import { isSamePerson, refuseUnnamed, refuseWho } from '../approval/index.ts';
import { freshnessMs, sayDuration } from '../assessment/index.ts';
import { checkPlan } from '../plan/index.ts';
import { sayDeaf } from './deaf.ts';
import { standingFirst } from './first-approval.ts';
import { isHeldBack } from './fleet.ts';
import type { DecisionInput } from './io.ts';
import { planRequested } from './keep-requested.ts';
import { standingChanges } from './revise.ts';
import type { ClusterState, EngineState } from './state.ts';

export type Refusal = { readonly code: string; readonly says: string };

/** Why this answer doesn't count; undefined = it does. The order is from who, over which, to whether. */
export function refuse(
  state: EngineState,
  cluster: ClusterState,
  asked: { decision: DecisionInput; nowMs: number },
): Refusal | undefined {
  const { decision, nowMs } = asked;
  const { proposal } = cluster;
  if (proposal === undefined) return { code: 'unknown-proposal', says: 'There is no proposal.' };
  const who = refuseWho({ ...decision, environment: cluster.topology.environment });
  if (who !== undefined) return who;
  if (decision.revision !== proposal.revision.number) {
    return {
      code: 'stale-revision',
      says: `You answered revision ${decision.revision}; it is revision ${proposal.revision.number} now. Nothing was done. Read what changed: ${proposal.revision.changes.join('; ') || 'see the proposal'}.`,
    };
  }
  const { digests } = proposal.revision;
  const differs = (['plan', 'evidenceFor', 'evidenceAgainst', 'policy'] as const).find(
    (name) => decision.digests[name] !== digests[name],
  );
  if (differs !== undefined)
    return {
      code: 'digest-mismatch',
      says: `What you saw is not what stands here (${differs} differs). Nothing was done. Open the proposal anew.`,
    };
  if (decision.kind !== 'approve') return undefined;
  return refuseApproval(state, cluster, nowMs) ?? refuseConsent(cluster, { decision, nowMs });
}

/** What goes beyond the policy is named by each of two people. */
function refuseConsent(
  cluster: ClusterState,
  { decision, nowMs }: { decision: DecisionInput; nowMs: number },
): Refusal | undefined {
  const { proposal, policy } = cluster;
  if (proposal?.state !== 'open') return undefined; // the table of transitions answers
  const first = standingFirst(cluster, nowMs);
  if (first !== undefined && isSamePerson(first, decision))
    return {
      code: 'same-person',
      says: `You have approved ${proposal.id} already, as the first of two: it takes another person, signed in as themselves. Nothing was done.`,
    };
  return refuseUnnamed(proposal.revision.plan, policy, decision.overrides);
}

/** What only an approval needs: fresh evidence and a sound plan. */
export function refuseApproval(state: EngineState, cluster: ClusterState, nowMs: number): Refusal | undefined {
  const { proposal, assessment } = cluster;
  if (proposal?.state !== 'open') return undefined; // the table of transitions answers
  const { plan } = proposal.revision;
  if (nowMs < state.doubtUntilMs)
    return {
      code: 'controller-doubts-itself',
      says: `The controller doubts itself: ${state.doubtBecause ?? 'it has just started'}. Nothing was done. Wait some seconds.`,
    };
  if (nowMs >= proposal.expiresAtMs) return { code: 'expired', says: 'The proposal has expired. Nothing was done.' };
  if (isHeldBack(assessment))
    return {
      code: 'common-cause',
      says: `${assessment?.headline ?? ''} Nothing was done. It can be approved once that has cleared.`.trim(),
    };
  const ageMs = evidenceAgeMs(cluster, nowMs);
  if (!isStillAsked(state, cluster, nowMs) || ageMs > freshnessMs(cluster, 'other'))
    return {
      code: 'evidence-not-fresh',
      says: `${sayAge(ageMs, nowMs)}${sayDeaf(state, nowMs)} Nothing was done. Wait for fresh reports.`,
    };
  const changes = standingChanges(cluster, nowMs);
  if (changes.length > 0)
    return {
      code: 'evidence-changed',
      says: `It is no longer as you saw it: ${changes.map((c) => c.says).join('; ')}. Nothing was done. A new revision follows at once; read it and answer that.`,
    };
  const violations = checkPlan(plan);
  return violations.length === 0
    ? undefined
    : { code: 'unsound-plan', says: `The plan is not sound: ${violations.join('; ')}.` };
}

/** A failover is asked by the evidence; what a person asked for, as long as it can be done. */
export function isStillAsked(state: EngineState, cluster: ClusterState, nowMs: number): boolean {
  const request = cluster.proposal?.request;
  if (request === undefined) return cluster.assessment?.action === 'propose-failover';
  return planRequested(state, cluster, { request, nowMs }).ok;
}

function sayAge(ageMs: number, nowMs: number): string {
  if (ageMs >= nowMs) return 'No report has come in yet.';
  return ageMs > 1_000
    ? `The newest evidence is ${sayDuration(ageMs)} old.`
    : 'The newest evidence does not ask for it.';
}

/** Age of the newest word of any witness about the cluster, ms. */
export function evidenceAgeMs(cluster: ClusterState, nowMs: number): number {
  const newest = Math.max(0, ...[...cluster.memory.tracks.values()].map((t) => t.last.atMs));
  return nowMs - newest;
}
