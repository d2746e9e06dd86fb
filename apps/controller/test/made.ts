// Proposals, runs and entries for tests: small, well-formed, without a story.
import type { AuditDraft, DecisionInput, Page } from '@petrov/core/engine';
import { Run } from '@petrov/core/journal';
import type { Step } from '@petrov/core/plan';
import { Proposal } from '@petrov/core/proposal';

const digests = { plan: 'd1', evidenceFor: 'd2', evidenceAgainst: 'd3', policy: 'd4' };

export function makeStep(verb: Step['verb'], member: string, id: string = verb): Step {
  return {
    id,
    verb,
    member,
    says: `${verb} at ${member}`,
    command: verb,
    undo: 'reversible',
    deadlineMs: 5_000,
    doneWhen: 'it is',
    isFollowUp: verb === 'repoint',
  };
}

const plan = {
  v: 1,
  cluster: 'orders',
  kind: 'failover',
  epoch: 1,
  primary: 'orders-1',
  candidate: 'orders-2',
  systemIdentifier: '7300000000000000001',
  timeline: 1,
  candidateLsn: '0/3000000',
  ranking: [],
  loss: { bytes: 0, upperBoundBytes: 0, capBytes: 65_536, says: 'nothing' },
  fence: { method: 'agent', member: 'orders-1', says: 'No.' },
  steps: [makeStep('look', 'orders-2'), makeStep('fence', 'orders-1'), makeStep('promote', 'orders-2')],
  pointOfNoReturn: 'promote',
  consequences: [],
};

const approval = {
  id: 'd-1',
  kind: 'approve',
  proposal: 'p-1',
  revision: 1,
  digests,
  actor: { id: 'u-1', name: 'Ada', role: 'approver', via: 'console' },
  proof: { kind: 'session', sessionId: 's-1', signedInAtMs: 1 },
  reason: 'it is down',
  atMs: 2,
  displayed: {},
  capBytes: 65_536,
};

export function makeProposal(id: string, rest: Record<string, unknown> = { state: 'open' }): Proposal {
  return Proposal.parse({
    id,
    cluster: 'orders',
    environment: 'sandbox',
    episode: `e-${id}`,
    openedAtMs: 1,
    expiresAtMs: 900_000,
    revision: {
      number: 1,
      atMs: 1,
      assessment: {
        cluster: 'orders',
        atMs: 1,
        verdict: 'primary-down',
        action: 'propose-failover',
        rule: 'primary-down/dead-answers',
        headline: 'The primary is down.',
        explanation: 'All say so.',
        for: [],
        against: [],
        unknown: [],
        lookedIn: [],
      },
      plan,
      digests,
      changes: [],
      words: 'maple otter seven',
    },
    decisions: [],
    ...(rest['state'] === 'open' || rest['state'] === 'withdrawn' ? {} : { approval, startBeforeMs: 60_000 }),
    ...(rest['state'] === 'withdrawn' ? { endedAtMs: 3, because: 'it answers' } : {}),
    ...rest,
  });
}

export function makeRun(id: string, proposal: Proposal, journal: unknown[] = []): Run {
  return Run.parse({
    id,
    proposal: proposal.id,
    revision: 1,
    cluster: proposal.cluster,
    planDigest: digests.plan,
    plan: proposal.revision.plan,
    capBytes: 65_536,
    startedAtMs: 4,
    journal,
  });
}

export function makeDraft(n: number): AuditDraft {
  return {
    atMs: 1_700_000_000_000.25 + n,
    code: 'P2001',
    says: `thing ${n} happened — so`,
    actor: { kind: 'engine', id: 'petrov', name: 'Petrov' },
    cluster: 'orders',
    ...(n % 2 === 0 ? { proposal: 'p-1' } : {}),
    payload: { n, big: 1e21, small: 1.5e-7, list: [null, true, { ü: 'ß' }] },
  };
}

export function makePage(id: string): Page {
  return {
    id,
    cluster: 'orders',
    environment: 'sandbox',
    episode: 'e-1',
    event: 'raised',
    urgency: 'high',
    proposal: 'p-1',
    revision: 1,
    summary: 'DECIDE: promote orders-2?',
    details: { rev: 1 },
  };
}

export function makeDecision(id: string): DecisionInput {
  return {
    id,
    proposal: 'p-1',
    kind: 'approve',
    revision: 1,
    digests,
    actor: { id: 'u-1', name: 'Ada', role: 'approver', via: 'console' },
    proof: { kind: 'session', sessionId: 's-1', signedInAtMs: 1 },
    reason: 'it is down',
    displayed: {},
  };
}
