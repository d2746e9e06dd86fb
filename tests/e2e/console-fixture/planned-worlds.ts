// Recorded views of what is asked for without a failure: a switchover, and a former primary that may come back.
import { dropOldSlots, type Plan, Step } from '@petrov/core/plan';
import { ProposalView } from '@petrov/core/wire';
import { environment, lsn, ranking } from './cluster-worlds.ts';
import { plan } from './proposal-worlds.ts';

type Input = (typeof Plan)['_input'];
type Times = { readonly t0: number; readonly nowMs: number };

const step = (verb: Step['verb'], member: string, says: string, rest: Partial<Step> = {}): Step =>
  Step.parse({
    id: verb,
    verb,
    member,
    says,
    command: `agent on ${member}: ${verb}`,
    undo: 'reversible',
    deadlineMs: 10_000,
    doneWhen: 'its agent says so, signed',
    isFollowUp: false,
    ...rest,
  });

const rejoin = {
  ...plan,
  kind: 'rejoin',
  epoch: 5,
  primary: 'orders-2',
  candidate: 'orders-1',
  timeline: 2,
  candidateLsn: lsn,
  ranking: [],
  loss: {
    bytes: 0,
    upperBoundBytes: 0,
    capBytes: 0,
    says: '2 KiB of WAL on orders-1, from 0/30003A8 on, were never replicated: they are saved aside on its host and dropped from it.',
  },
  fence: { method: 'agent', member: 'orders-1', says: 'No: the agent on orders-1 keeps it stopped.' },
  steps: [
    step('look', 'orders-1', 'Look again: does orders-2 take writes, does orders-1 take none?', {
      undo: 'nothing-to-undo',
    }),
    step('fence', 'orders-1', 'Keep orders-1 stopped while its data are changed'),
    step('rewind', 'orders-1', 'Save aside what orders-1 wrote alone, then rewind it', { undo: 'irreversible' }),
    step('start-as-standby', 'orders-1', 'Start orders-1 as a standby of orders-2'),
    dropOldSlots('orders-1', 'orders-2'),
  ],
  pointOfNoReturn: 'rewind',
  consequences: ['What orders-1 wrote and nobody received is gone from it; that WAL is kept aside on its host.'],
} satisfies Input;
const switchover = {
  ...plan,
  kind: 'switchover',
  ranking: [...ranking],
  loss: { ...rejoin.loss, says: 'Nothing: orders-1 is stopped cleanly first.' },
  steps: [
    ...plan.steps,
    step('start-as-standby', 'orders-1', 'orders-1 comes back as a standby of orders-2', {
      id: 'return-orders-1',
      isFollowUp: true,
    }),
    dropOldSlots('orders-1', 'orders-2'),
  ],
  consequences: ['Writes stand still from the stop to the promotion, some seconds.'],
} satisfies Input;
const serves = (source: string, zone: string, atMs: number) => ({
  id: `serves/${source}`,
  kind: 'reach' as const,
  source,
  zone,
  says: 'the primary answers',
  sinceAtMs: atMs,
  seenAtMs: atMs,
});

export function plannedProposal(kind: 'rejoin' | 'switchover', { t0, nowMs }: Times): ProposalView {
  const of = kind === 'rejoin' ? rejoin : switchover;
  const headline =
    kind === 'rejoin' ? 'orders-1 can come back as a standby of orders-2.' : 'orders-2 is to take over from orders-1.';
  const by =
    kind === 'rejoin'
      ? { kind: 'engine', id: 'engine', name: 'Petrov' }
      : { kind: 'person', id: 'u-1', name: 'Stanislav' };
  return ProposalView.parse({
    proposal: {
      id: 'p-8',
      cluster: 'orders',
      environment,
      episode: 'e-8',
      openedAtMs: t0 + 100_000,
      expiresAtMs: nowMs + 700_000,
      revision: {
        number: 1,
        atMs: t0 + 100_000,
        assessment: {
          cluster: 'orders',
          atMs: nowMs,
          verdict: 'healthy',
          action: kind === 'rejoin' ? 'none' : 'propose-switchover',
          rule: `requested/${kind}`,
          headline,
          explanation: of.loss.says,
          for: [serves('w-a', 'a', nowMs), serves('w-b', 'b', nowMs), serves('w-c', 'c', nowMs)],
          against: [],
          unknown: [],
          lookedIn: ['the witnesses’ answers from the primary'],
        },
        plan: of,
        digests: { plan: 'd1', evidenceFor: 'd2', evidenceAgainst: 'd3', policy: 'd4' },
        changes: [],
        words: 'maple otter seven',
      },
      decisions: [],
      state: 'open',
      request: { kind, member: of.candidate, how: 'rewind', by, reason: 'its host is well again', atMs: t0 + 100_000 },
    },
    nowMs,
    possible: ['approve', 'reject', 'hold'].map((one) => ({ kind: one, isPossible: true })),
    isFresh: true,
    evidenceAgeMs: 800,
    outageSinceMs: t0 + 100_000,
    history: [{ number: 1, atMs: t0 + 100_000, changes: [] }],
  });
}
