// Recorded views of one proposal and its run: open, changed, running, stuck, succeeded, rejected; for each role.
import type { Plan, Step } from '@petrov/core/plan';
import { ProposalView, RunView } from '@petrov/core/wire';
import { assessmentOf, contradiction, environment, loss, lsn, ranking } from './cluster-worlds.ts';

type Input<S extends { readonly _input: unknown }> = S['_input'];
type Times = { readonly t0: number; readonly nowMs: number };
export type Role = 'viewer' | 'operator' | 'approver';
export type RunState = RunView['state'];

const step = (verb: Step['verb'], member: string, says: string, rest: Partial<Step> = {}): Step => ({
  id: verb,
  verb,
  member,
  says,
  command: `agent on ${member}: ${verb}`,
  undo: 'nothing-to-undo',
  deadlineMs: 10_000,
  doneWhen: 'its agent says so, signed',
  isFollowUp: false,
  ...rest,
});

export const plan = {
  v: 1,
  cluster: 'orders',
  kind: 'failover',
  epoch: 0,
  primary: 'orders-1',
  candidate: 'orders-2',
  systemIdentifier: '7430113558112345678',
  timeline: 1,
  candidateLsn: lsn,
  ranking,
  loss,
  fence: {
    method: 'agent',
    member: 'orders-1',
    says: 'No, once the agent on orders-1 has stopped Postgres and closed its start gate; promotion waits for that proof.',
  },
  steps: [
    step('look', 'orders-2', 'Look again: is orders-1 still out, is orders-2 as planned?'),
    step('fence', 'orders-1', 'Fence orders-1: stop Postgres, close its start gate', { undo: 'reversible' }),
    step('settle', 'orders-2', 'orders-2 has all that any standby received; nobody came back'),
    step('promote', 'orders-2', 'Promote orders-2 (timeline 1 → 2)', { undo: 'irreversible' }),
    step('verify', 'orders-2', 'Check orders-2: writable, newer timeline, one write committed'),
    step('repoint', 'orders-3', 'orders-3 follows orders-2', {
      id: 'repoint-orders-3',
      undo: 'reversible',
      isFollowUp: true,
    }),
  ],
  pointOfNoReturn: 'promote',
  consequences: [
    'Unlogged tables are empty after a promotion.',
    'orders-1 stays down until it is brought back as a standby.',
  ],
} satisfies Input<typeof Plan>;

const digests = { plan: 'd1', evidenceFor: 'd2', evidenceAgainst: 'd3', policy: 'd4' };

function revisionOf(number: number, { t0 }: Times) {
  const atMs = t0 + 4_000 * number;
  const assessment = assessmentOf('killed', { t0, nowMs: atMs });
  return {
    number,
    atMs,
    assessment: number === 3 ? assessment : { ...assessment, against: [contradiction(t0)] },
    plan,
    digests: { ...digests, evidenceAgainst: `d3-${number}` },
    changes: number === 3 ? [] : [`new, evidence against: ${contradiction(t0).says}`],
    words: 'maple otter seven',
  };
}

export function decisionRecord({ t0 }: Times, kind: 'approve' | 'reject', reason: string) {
  return {
    id: 'd-1',
    kind,
    proposal: 'p-7',
    revision: 3,
    digests,
    actor: { id: 'u-1', name: 'Stanislav', role: 'approver' as const, via: 'console' as const },
    proof: { kind: 'session' as const, sessionId: 's-1', signedInAtMs: t0 - 60_000 },
    reason,
    atMs: t0 + 150_000,
    displayed: { decisiveItem: 'host/orders-1' },
    capBytes: loss.capBytes,
  };
}

type Shown = Times & {
  readonly role: Role;
  readonly revision?: number;
  readonly isFresh?: boolean;
  readonly approvedBy?: readonly string[];
};

export function openProposal(shown: Shown): ProposalView {
  const { t0, nowMs, role, revision = 3, isFresh = true, approvedBy } = shown;
  const asked = common(shown, revision);
  return view(shown, {
    ...(approvedBy === undefined ? asked : { ...asked, ...beyond(asked, approvedBy) }),
    state: 'open',
    expiresAtMs: nowMs + 700_000,
    openedAtMs: t0 + 4_100,
    possible: possibleFor(role, ['approve', 'reject', 'hold']),
    isFresh,
  });
}

export function ranProposal(shown: Shown, state: 'executing' | 'stuck' | 'succeeded'): ProposalView {
  const { t0, nowMs } = shown;
  const ran = {
    approval: decisionRecord(shown, 'approve', 'Kinds agree and users are hurt'),
    startBeforeMs: t0 + 210_000,
    run: 'r-7',
  };
  const ended = { endedAtMs: nowMs - 1_000, because: 'orders-2 serves on timeline 2.' };
  const stuck = { stuckSinceMs: nowMs - 9_000, because: 'the agent on orders-1 did not answer the fence' };
  return view(shown, {
    ...common(shown, 3),
    ...ran,
    state,
    ...(state === 'succeeded' ? ended : state === 'stuck' ? stuck : {}),
    possible: possibleFor(shown.role, state === 'stuck' ? ['resume', 'abandon', 'refence'] : []),
  });
}

export function rejectedProposal(shown: Shown): ProposalView {
  return view(shown, {
    ...common(shown, 3),
    id: 'p-6',
    state: 'rejected',
    endedAtMs: shown.t0 - 3_500_000,
    openedAtMs: shown.t0 - 3_600_000,
    because: 'Stanislav refused it: only our view is broken.',
    decisions: [decisionRecord(shown, 'reject', 'Only our view is broken')],
    possible: [],
  });
}

/** A quote above the policy's, and a primary that nothing fences. */
function beyond({ revision }: ReturnType<typeof common>, by: readonly string[]) {
  const because = [
    'up to 64 MiB could be lost, more than the policy’s 16 MiB',
    'nothing keeps orders-1 from taking writes',
  ];
  const fence = {
    method: 'unfenced' as const,
    member: 'orders-1',
    says: 'Yes: no fence is configured, nothing keeps it from taking writes if it lives or returns.',
  };
  const quote = { ...plan.loss, upperBoundBytes: 40 * 1024 ** 2, capBytes: 64 * 1024 ** 2 };
  return {
    revision: { ...revision, plan: { ...plan, fence, loss: quote } },
    approvals: { people: 2, because, by },
  };
}

function common({ t0 }: Times, revision: number) {
  return {
    id: 'p-7',
    cluster: 'orders',
    environment,
    episode: 'e-7',
    openedAtMs: t0 + 4_100,
    expiresAtMs: t0 + 900_000,
    revision: revisionOf(revision, { t0, nowMs: t0 }),
    decisions: [],
  };
}

function view({ t0, nowMs }: Times, given: Record<string, unknown>): ProposalView {
  const { possible, isFresh = true, approvals, ...proposal } = given;
  const isChanged = (proposal['revision'] as { number: number }).number > 3;
  return ProposalView.parse({
    proposal,
    nowMs,
    possible,
    ...(approvals === undefined ? {} : { approvals }),
    paged: { firstAtMs: t0 + 4_200, deliveredAtMs: t0 + 4_900, channels: ['inbox'] },
    isFresh,
    evidenceAgeMs: isFresh ? 900 : 14_000,
    failingWritesPerSecond: 41,
    outageSinceMs: t0,
    history: [
      { number: 3, atMs: t0 + 12_000, changes: [] },
      ...(isChanged ? [{ number: 4, atMs: nowMs, changes: [] }] : []),
    ],
  });
}

function possibleFor(role: Role, kinds: readonly string[]) {
  const mayStop = role !== 'viewer';
  return kinds.map((kind) => {
    const may = kind === 'reject' || kind === 'hold' ? mayStop : role === 'approver';
    const who = kind === 'reject' || kind === 'hold' ? 'an operator' : 'an approver';
    return may
      ? { kind, isPossible: true }
      : { kind, isPossible: false, because: `Stanislav is ${role}; to ${kind} takes ${who}.` };
  });
}

export function runView(state: RunState, { nowMs }: Times): RunView {
  const startedAtMs = nowMs - 4_000;
  const doneCount = { running: 2, promoted: 5, succeeded: 6, stuck: 1, abandoned: 1, failed: 3, superseded: 1 }[state];
  const steps = plan.steps.map((one, index) => {
    const atMs = startedAtMs + index * 410;
    const timed = { startedAtMs: atMs, attempts: 1 };
    if (index < doneCount)
      return { step: one, state: 'done', ...timed, endedAtMs: atMs + 380, says: saysOf[one.verb] ?? 'done' };
    if (index > doneCount || state === 'abandoned') return { step: one, state: 'waiting', attempts: 0 };
    if (state === 'stuck') {
      return {
        step: one,
        state: 'ambiguous',
        startedAtMs: atMs,
        endedAtMs: atMs + 15_000,
        attempts: 2,
        says: 'no answer from its agent in 15 s',
      };
    }
    return { step: one, state: 'running', ...timed };
  });
  return RunView.parse({
    id: 'r-7',
    proposal: 'p-7',
    cluster: 'orders',
    nowMs,
    state,
    says: runSays[state],
    startedAtMs,
    approvedAtMs: startedAtMs - 120,
    steps,
    journal: [],
    plan,
    canResume: state === 'stuck',
    canAbandon: state === 'stuck',
    abandonSays: undefined,
    stuck: state === 'stuck' ? stuckWords : undefined,
  } satisfies Record<keyof RunView, unknown>);
}

const saysOf: Readonly<Partial<Record<Step['verb'], string>>> = {
  look: '3 of 3 witnesses still refused; orders-2 stands at the planned position',
  fence: 'no process left, start gate closed, signed by the agent',
  settle: 'orders-2 has everything that any standby received',
  promote: 'out of recovery on timeline 2',
  verify: 'one write committed in 3 ms',
  repoint: 'orders-3 streams from orders-2 on timeline 2',
};
const stuckWords: NonNullable<RunView['stuck']> = {
  known: ['It is not known whether orders-1 is fenced.', 'No promotion was sent: this run has promoted nobody.'],
  safe: 'To wait is safe: nothing goes on by itself.',
  resume: 'Looks again first, then goes on with the same plan.',
  giveUp: 'Does, in this order: open the start gate of orders-1 again. Then orders-1 may serve as before.',
  leaveFence: 'Does nothing at any server, and lifts nothing: orders-1 stays as it is.',
  refence:
    'Ends this run, promotes nothing. The next question passes over this fence; where no other is left, it takes two people.',
};
const runSays: Readonly<Record<RunState, string>> = {
  running: 'The old primary is fenced; nothing irreversible has happened yet.',
  promoted: 'orders-2 takes writes on timeline 2. orders-3 is being pointed at it.',
  succeeded: 'orders-2 takes writes on timeline 2, orders-3 streams from it, orders-1 starts read-only.',
  stuck: 'The fence of orders-1 is not proven, so nothing was promoted. Writes are still down.',
  failed: 'orders-2 refused the promotion. Nothing is writable.',
  superseded: 'orders-3 is the primary of orders now: it was promoted by hand.',
  abandoned: 'Nothing was promoted. The fence of orders-1 was taken away.',
};
