// A run that stands at a fence which can't be proven is left for another way to fence: the next question passes over what was
// tried, and where nothing is left it is about none at all, which takes two people.
import type { DecisionRecord } from '../approval/index.ts';
import { hasStarted, isDone } from '../journal/index.ts';
import { advance, type Proposal } from '../proposal/index.ts';
import { auditPerson } from './entries.ts';
import type { Judged } from './judge.ts';
import type { Refusal } from './refuse-decision.ts';
import type { ClusterState } from './state.ts';

type Left = ({ readonly ok: true } & Judged) | ({ readonly ok: false } & Refusal);

/** Whether this run waits for a person because its fence isn't proven. */
export function standsAtFence({ run, proposal }: ClusterState): boolean {
  return (
    proposal?.state === 'stuck' &&
    run?.plan.kind === 'failover' &&
    run.abandoning === undefined && // its fence is being lifted
    hasStarted(run, 'fence') &&
    !isDone(run, 'fence') &&
    !hasStarted(run, 'promote')
  );
}

export function leaveForOtherFence(
  cluster: ClusterState,
  { proposal, decision }: { proposal: Proposal; decision: DecisionRecord },
): Left {
  const { run, record } = cluster;
  if (run === undefined || !standsAtFence(cluster) || run.plan.fence.method === 'unfenced')
    return {
      ok: false,
      code: 'not-at-its-fence',
      says: 'This run does not wait for the proof of a fence, so no other one is needed. Nothing was done.',
    };
  const { primary, fence } = run.plan;
  const because = `Left for another way to fence: ${decision.reason} What "${fence.method}" may have done to ${primary} stays as it is; nothing was promoted.`;
  const advanced = advance(proposal, { event: 'refence', atMs: decision.atMs, because, decision });
  if (!advanced.ok) return advanced;
  const before = record.fencesTried?.member === primary ? record.fencesTried.methods : [];
  const methods = [...before.filter((method) => method !== fence.method), fence.method];
  const next = { ...record, fencesTried: { member: primary, methods } };
  return {
    ok: true,
    cluster: { ...cluster, record: next, proposal: advanced.proposal, run: undefined, look: undefined },
    effects: [
      { type: 'store', what: 'cluster', record: next },
      { type: 'store', what: 'proposal', proposal: advanced.proposal },
      auditPerson('P3012', `${decision.actor.name} left ${run.id} for another way to fence: ${decision.reason}`, {
        atMs: decision.atMs,
        cluster: run.cluster,
        proposal: run.proposal,
        payload: { run: run.id, tried: methods },
        actor: decision.actor,
        proof: decision.proof,
      }),
      {
        type: 'reply',
        to: decision.id,
        ok: true,
        says: `The run is over, and nothing was promoted. If ${primary} is still out, the next question passes over "${fence.method}".`,
        proposal: advanced.proposal,
      },
    ],
  };
}

/** What was tried on a primary that serves again says nothing of the next time. */
export function forgetTried(cluster: ClusterState): Judged {
  const { fencesTried, ...record } = cluster.record;
  if (fencesTried === undefined || cluster.assessment?.verdict !== 'healthy') return { cluster, effects: [] };
  return { cluster: { ...cluster, record }, effects: [{ type: 'store', what: 'cluster', record }] };
}
