// The first of two approvals: it stands for just the content that it was given for, and no longer than a question stands
// unanswered. What its giver thought is on the record only once the other has decided, or it counts no more.
import { type Consent, consentFor, consentOfOne, type DecisionRecord, digestOf } from '../approval/index.ts';
import { advance, type Proposal } from '../proposal/index.ts';
import { auditEngine, auditPerson } from './entries.ts';
import type { DecisionInput } from './io.ts';
import type { Judged } from './judge.ts';
import { pageProposal } from './pages.ts';
import type { ClusterState, EngineState } from './state.ts';

/** How many it takes, by the policy of now: a revision from an older store may not say it. */
export function consentNow({ proposal, policy }: ClusterState): Consent {
  return proposal === undefined ? consentOfOne : consentFor(proposal.revision.plan, policy);
}

/** The first approval of what stands there now; undefined when none was given, or it counts no more. */
export function standingFirst({ proposal, policy }: ClusterState, nowMs: number): DecisionRecord | undefined {
  if (proposal?.state !== 'open' || proposal.firstApproval === undefined) return undefined;
  const { firstApproval } = proposal;
  return whyLapsed(proposal, firstApproval, nowMs - policy.proposalExpiryMs) === undefined ? firstApproval : undefined;
}

/** Takes the first approval: another person is needed. Undefined when the table of transitions has no such row. */
export function agreeFirst(
  state: EngineState,
  cluster: ClusterState,
  given: { proposal: Proposal; record: DecisionRecord; decision: DecisionInput },
): Judged | undefined {
  const { proposal, record, decision } = given;
  const advanced = advance(proposal, { event: 'agree', decision: record });
  if (!advanced.ok) return undefined;
  const next = advanced.proposal;
  const { because } = consentNow(cluster);
  const says = `${record.actor.name} answered ${proposal.id}, revision ${record.revision}, as the first of two people: another one has to decide by themselves. What was answered stands here then.`;
  const payload = { revision: record.revision, digests: record.digests, decision: digestOf(record, state.config.hash) };
  const { actor, proof, atMs } = record;
  return {
    cluster: { ...cluster, proposal: next },
    effects: [
      { type: 'store', what: 'proposal', proposal: next },
      auditPerson('P2013', says, { atMs, cluster: next.cluster, proposal: next.id, payload, actor, proof }),
      pageProposal(
        next,
        'second-needed',
        `${next.cluster}: 1 of 2 people have answered ${next.id}; another one is needed, since ${because.join(', and ')}.`,
        atMs,
      ),
      {
        type: 'reply',
        to: decision.id,
        ok: true,
        says: `This is 1 of 2: another person has to approve it too, since ${because.join(', and ')}. Nothing is done before.`,
        proposal: next,
      },
    ],
  };
}

/** Takes back a first approval that counts no more. */
export function sweepFirst(cluster: ClusterState, nowMs: number): Judged {
  const { proposal, policy } = cluster;
  if (proposal?.state !== 'open' || proposal.firstApproval === undefined) return { cluster, effects: [] };
  const { firstApproval } = proposal;
  const because = whyLapsed(proposal, firstApproval, nowMs - policy.proposalExpiryMs);
  if (because === undefined) return { cluster, effects: [] };
  const advanced = advance(proposal, { event: 'lapse' });
  if (!advanced.ok) return { cluster, effects: [] };
  const says = `The approval of ${proposal.id} by ${firstApproval.actor.name}, the first of two, counts no more: ${because}.`;
  const payload = { revision: proposal.revision.number, decision: firstApproval };
  return {
    cluster: { ...cluster, proposal: advanced.proposal },
    effects: [
      { type: 'store', what: 'proposal', proposal: advanced.proposal },
      auditEngine('P2014', says, { atMs: nowMs, cluster: proposal.cluster, proposal: proposal.id, payload }),
    ],
  };
}

function whyLapsed({ revision }: Proposal, first: DecisionRecord, givenAfterMs: number): string | undefined {
  const names = ['plan', 'evidenceFor', 'evidenceAgainst', 'policy'] as const;
  if (names.some((name) => first.digests[name] !== revision.digests[name]))
    return `it was over revision ${first.revision}, and what is asked has changed since`;
  return first.atMs <= givenAfterMs ? 'nobody else has answered in time' : undefined;
}
