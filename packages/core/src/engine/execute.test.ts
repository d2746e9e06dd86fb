// A run taken up by a new process, step by step: what it refuses, what it gives up on, what it never believes.
import { createHash } from 'node:crypto';
import { caseOf, tell, type Told, T, topologyOf, witnesses } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { consentOfOne, type DecisionRecord, makeDigests } from '../approval/index.ts';
import type { Assessment } from '../assessment/index.ts';
import { formatLsn, lsnBytes, resolvePolicy } from '../cluster/index.ts';
import type { JournalEvent, Run } from '../journal/index.ts';
import { buildPlan } from '../plan/index.ts';
import type { Observation } from '../observation/index.ts';
import type { Proposal } from '../proposal/index.ts';
import type { MemberFacts } from '../wire/agent.ts';
import { type DecisionInput, type Effect, type EngineState, initialState, type Input, step } from './index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const policy = resolvePolicy({});
const outcome = buildPlan(
  caseOf([...tell([0, 20], {}), ...tell([20, 30], { reads: 'refused', host: 'absent' })], {
    nowS: 29,
    suspectedSinceMs: T + 20_000,
  }),
  1,
);
if (!outcome.ok) throw new Error(outcome.because);
const { plan } = outcome;
const assessment: Assessment = {
  cluster: 'orders',
  atMs: T,
  verdict: 'primary-down',
  action: 'propose-failover',
  rule: 'primary-down/dead-answers',
  headline: 'It is down.',
  explanation: 'All say so.',
  for: [],
  against: [],
  unknown: [],
  lookedIn: [],
};
const digests = makeDigests({ assessment, plan, policy }, hash);
const actor = { id: 'ada', name: 'Ada', role: 'approver', via: 'console' } as const;
const proof = { kind: 'session', sessionId: 's', signedInAtMs: T } as const;
const approval: DecisionRecord = {
  id: 'd1',
  kind: 'approve',
  proposal: 'orders-p1',
  revision: 1,
  digests,
  actor,
  proof,
  reason: 'because',
  atMs: T,
  displayed: {},
  capBytes: plan.loss.capBytes,
};
const ran = { approval, startBeforeMs: T + 60_000, run: 'orders-p1-r1' };
const common = {
  id: 'orders-p1',
  cluster: 'orders',
  environment: 'production',
  episode: 'orders-p1',
  openedAtMs: T,
  expiresAtMs: T + 900_000,
  revision: { number: 1, atMs: T, assessment, plan, digests, consent: consentOfOne, changes: [], words: 'x' },
  decisions: [approval],
};
const executing: Proposal = { ...common, ...ran, state: 'executing' };
const stuck: Proposal = { ...common, ...ran, state: 'stuck', stuckSinceMs: T, because: 'x' };
const started = (id: string, attempt = 1): JournalEvent => ({ type: 'started', step: id, attempt, atMs: T });
const done = (id: string): readonly JournalEvent[] => [
  started(id),
  { type: 'done', step: id, attempt: 1, atMs: T, says: 'done', facts: {} },
];
const refused = (id: string): readonly JournalEvent[] => [
  started(id),
  { type: 'refused', step: id, attempt: 1, atMs: T, says: 'no' },
];

function restore(proposal: Proposal, journal: readonly JournalEvent[], more: Partial<Run> = {}): EngineState {
  const run: Run = {
    id: 'orders-p1-r1',
    proposal: 'orders-p1',
    revision: 1,
    cluster: 'orders',
    planDigest: digests.plan,
    plan,
    capBytes: plan.loss.capBytes,
    startedAtMs: T,
    journal: [...journal],
    ...more,
  };
  const record = { cluster: 'orders', epoch: 2, primary: 'orders-1', timeline: 1, proposalsOpened: 1 };
  const config = { witnesses, clusters: [{ ...topologyOf(), policy }], hash };
  return initialState(config, { clusters: [record], proposals: [proposal], runs: [run] });
}
function feed(state: EngineState, ...inputs: readonly Input[]): { state: EngineState; effects: readonly Effect[] } {
  let [now, effects]: [EngineState, Effect[]] = [state, []];
  for (const input of inputs) {
    const stepped = step(now, input);
    now = stepped.state;
    effects = [...effects, ...stepped.effects];
  }
  return { state: now, effects };
}
/** As if this process had looked itself, by the clock that is never set. */
const haveLooked = (state: EngineState, afterMs: number): EngineState => ({
  ...state,
  clusters: new Map([...state.clusters].map(([id, c]) => [id, { ...c, looked: { look: T + afterMs } }])),
});
const tick = (afterMs: number): Input => ({ type: 'tick', nowMs: T + afterMs });
const performs = (effects: readonly Effect[]) =>
  effects.flatMap((e) => (e.type === 'perform' ? [`${e.step.id} ${e.attempt}`] : []));
const journaled = (effects: readonly Effect[]) =>
  effects.flatMap((e) =>
    e.type === 'store' && e.what === 'journal' && 'step' in e.event ? [`${e.event.type} ${e.event.step}`] : [],
  );
const stateOf = (state: EngineState) => state.clusters.get('orders')?.proposal?.state;
const decide = (kind: DecisionInput['kind'], afterMs = 10): Input => ({
  type: 'decision',
  nowMs: T + afterMs,
  decision: {
    id: `d-${kind}-${afterMs}`,
    proposal: 'orders-p1',
    kind,
    revision: 1,
    digests,
    actor,
    proof,
    reason: 'x',
    displayed: {},
  },
});
const replyOf = (effects: readonly Effect[]) => effects.find((e) => e.type === 'reply');

describe('a run taken up by a new process', () => {
  it('calls what its forerunner had started ambiguous, whatever the clocks say, and looks first', () => {
    for (const afterMs of [60_000, 0, -60_000]) {
      const { effects } = feed(restore(executing, [...done('look'), started('fence')]), tick(afterMs));
      expect(journaled(effects), String(afterMs)).toEqual(['ambiguous fence', 'started look']);
      expect(performs(effects)).toEqual(['look 2']);
    }
  });

  it('does not fence on a look of long ago by either clock, nor on one of its forerunner', () => {
    expect(performs(feed(restore(executing, done('look')), tick(60_000)).effects)).toEqual(['look 2']);
    expect(performs(feed(restore(executing, done('look')), tick(10)).effects)).toEqual(['look 2']);
    const fenced = (steadyMs: number) =>
      performs(feed(haveLooked(restore(executing, done('look')), 0), { ...tick(10), steadyMs: T + steadyMs }).effects);
    expect([fenced(10), fenced(3_001)]).toEqual([['fence 1'], ['look 2']]);
  });

  it('begins no act on an approval that was not used in time, whatever the look says; what has begun goes on', () => {
    const lookedAt = (afterMs: number): readonly JournalEvent[] =>
      done('look').map((event) => ({ ...event, atMs: T + afterMs }));
    const looked = haveLooked(restore(executing, lookedAt(59_000)), 59_000);
    expect(performs(feed(looked, tick(59_999)).effects)).toEqual(['fence 1']);
    const late = feed(looked, tick(60_000));
    expect([performs(late.effects), stateOf(late.state)]).toEqual([[], 'failed']);
    const begun = [...done('look'), ...done('fence')];
    expect(performs(feed(restore(executing, begun), tick(70_000)).effects)).toEqual(['settle 1']);
  });

  it('believes no late answer to a question that it did not ask', () => {
    const state = restore(executing, [...done('look'), ...done('fence'), started('settle')]);
    const facts = {
      'orders-2': {
        inRecovery: true,
        timeline: 1,
        systemIdentifier: plan.systemIdentifier,
        receivedLsn: plan.candidateLsn,
      },
    };
    const result = { run: 'orders-p1-r1', step: 'settle', attempt: 1, state: 'done', says: 'ok', facts } as const;
    expect(feed(state, { type: 'step-result', nowMs: T + 5, result }).effects).toEqual([]);
  });

  it('stops when the plan it finds is not the one that was approved', () => {
    const changed = { ...plan, systemIdentifier: '666' };
    const { state, effects } = feed(
      restore(executing, [...done('look'), ...done('fence')], { plan: changed }),
      tick(10),
    );
    expect([performs(effects), stateOf(state)]).toEqual([[], 'stuck']);
  });

  it('stops when the approval it finds is of another revision', () => {
    const other: Proposal = { ...executing, approval: { ...approval, revision: 2 } };
    expect(performs(feed(restore(other, [...done('look'), ...done('fence')]), tick(10)).effects)).toEqual([]);
  });
});

describe('a step', () => {
  it('that nobody tells the end of is ambiguous after twice its deadline, not before', () => {
    const begun = feed(restore(executing, []), tick(0));
    expect(performs(begun.effects)).toEqual(['look 1']);
    const waiting = feed(begun.state, tick(8_001));
    expect(journaled(waiting.effects)).toEqual(['ambiguous look', 'started look']); // a look has its own, shorter patience
    const fencing = restore(executing, []);
    const running = {
      ...fencing,
      clusters: new Map(
        [...fencing.clusters].map(([id, c]) => [
          id,
          { ...c, inheritedEvents: 0, run: c.run && { ...c.run, journal: [...done('look'), started('fence')] } },
        ]),
      ),
    };
    expect(journaled(feed(running, tick(29_999)).effects)).toEqual([]);
    expect(journaled(feed(running, tick(30_001)).effects)[0]).toBe('ambiguous fence');
  });
});

describe('a look before an act', () => {
  const quiet = { status: 'connecting', stillSinceS: 0 } as const;
  const out: Told = { reads: 'refused', standbys: { 'orders-2': quiet, 'orders-3': quiet } };
  const standby = {
    inRecovery: true,
    timeline: 1,
    systemIdentifier: plan.systemIdentifier,
    receivedLsn: plan.candidateLsn,
  };
  const fencedAt = (facts: MemberFacts): readonly JournalEvent[] => [
    ...done('look'),
    started('fence'),
    { type: 'done', step: 'fence', attempt: 1, atMs: T, says: 'done', facts: { 'orders-1': facts } },
  ];
  type Given = {
    readonly facts?: Record<string, MemberFacts>;
    readonly fenced?: MemberFacts;
    readonly tried?: readonly JournalEvent[];
    readonly attempt?: number;
    readonly extra?: readonly Observation[];
  };
  /** What the settle came to, of three seconds of answers and the members' own facts. */
  const settle = (told: Told, given: Given = {}) => {
    const { facts = { 'orders-2': standby, 'orders-3': standby }, fenced = {}, tried = [], attempt = 1 } = given;
    const { extra = [] } = given;
    const answers = [1, 2, 3].map((s): Input => {
      const observations = [...tell([s, s + 1], { ...out, ...told }), ...(s === 3 ? extra : [])].map((o) => ({
        ...o,
        nonce: `orders-p1-r1/settle/${attempt}`,
      }));
      return { type: 'observations', nowMs: T + s * 1_000, observations };
    });
    const result = { run: 'orders-p1-r1', step: 'settle', attempt, state: 'done', says: 'read', facts } as const;
    const { effects } = feed(restore(executing, [...fencedAt(fenced), ...tried]), tick(10), ...answers, {
      type: 'step-result',
      nowMs: T + 3_010,
      result,
    });
    return effects.flatMap((e) =>
      e.type === 'store' && e.what === 'journal' && e.event.type !== 'started' && 'says' in e.event
        ? [`${e.event.type}: ${e.event.says}`]
        : [],
    );
  };

  it('is done when a quorum finds the primary out and the members are as planned', () => {
    expect(settle({})).toEqual([expect.stringMatching(/^done: 3 of 3 witnesses looked again/)]);
  });

  it('stops at WAL that still arrives, and at clients that are served (I6)', () => {
    const flows = { 'orders-2': {}, 'orders-3': quiet };
    expect(settle({ standbys: flows })).toEqual([
      expect.stringMatching(/^refused: orders-1 lives: WAL still arrives at orders-2/),
    ]);
    expect(settle({ client: { succeeded: 50, failed: 0 } })[0]).toMatch(/^refused: orders-1 lives: 50 of 50 client/);
  });

  it('stops when the fenced server holds more WAL than the loss that was approved, however it ended (I9)', () => {
    const ahead = formatLsn(lsnBytes(plan.candidateLsn) + BigInt(plan.loss.capBytes) + 1n);
    for (const controlState of ['in production', 'shut down'])
      expect(settle({}, { fenced: { controlState, lsn: ahead } })[0]).toMatch(/^refused: .* WAL would be lost/);
  });

  it('takes clients that are served for the candidate’s, once that is promoted', () => {
    const tried: readonly JournalEvent[] = [
      ...done('settle'),
      started('promote'),
      { type: 'ambiguous', step: 'promote', attempt: 1, atMs: T, says: 'lost' },
    ];
    const promoted = { ...standby, inRecovery: false, timeline: 2 };
    const served = { client: { succeeded: 50, failed: 0 } };
    const given = { facts: { 'orders-2': promoted, 'orders-3': standby }, tried, attempt: 2 };
    expect(settle(served, given)).toEqual([expect.stringMatching(/^done: /)]);
    expect(settle(served, { ...given, facts: { 'orders-2': standby } })[0]).toMatch(/^refused: orders-1 lives/);
  });

  it('takes a fenced server that is back read-only for what it is, and any other answer for life', () => {
    const answering = (facts: { inRecovery?: boolean }, outcome: 'ok' | 'starting-up' = 'ok') =>
      settle({ by: [] }, { extra: witnesses.map(({ id }) => ({ ...old, by: id, outcome, facts })) });
    const old = { cluster: 'orders', member: 'orders-1', probe: 'sql', atMs: T + 2_500, latencyMs: 1 } as const;
    expect(answering({ inRecovery: true })[0]).toMatch(/^done: 3 of 3/);
    expect(answering({}, 'starting-up')).toEqual([]);
    expect(answering({ inRecovery: false })[0]).toMatch(/^refused: The primary answers/);
  });

  it('says of which sibling nothing is known', () => {
    expect(settle({}, { facts: { 'orders-2': standby } })[0]).toContain('orders-3 could not be read');
  });
});

describe('giving up', () => {
  const journal = [...done('look'), ...done('fence'), ...refused('settle')];

  it('lifts the fence, ends as abandoned, and takes no other answer meanwhile', () => {
    const begun = feed(restore(stuck, journal), decide('abandon'));
    expect(performs(begun.effects)).toEqual(['unfence 1']);
    for (const kind of ['resume', 'abandon'] as const)
      expect(replyOf(feed(begun.state, decide(kind, 20)).effects)).toMatchObject({ ok: false, code: 'being-given-up' });
    const result = { run: 'orders-p1-r1', step: 'unfence', attempt: 1, state: 'done', says: 'ok', facts: {} } as const;
    expect(stateOf(feed(begun.state, { type: 'step-result', nowMs: T + 30, result }).state)).toBe('abandoned');
  });

  it('drops a promotion that may be pending before it lifts the fence', () => {
    const sent = [...done('look'), ...done('fence'), ...done('settle'), ...refused('promote')];
    expect(performs(feed(restore(stuck, sent), decide('abandon')).effects)).toEqual(['drop-promotion 1']);
  });

  it('that fails leaves the run stuck; let go on, it looks and fences anew', () => {
    const begun = feed(restore(stuck, journal), decide('abandon'));
    const result = {
      run: 'orders-p1-r1',
      step: 'unfence',
      attempt: 1,
      state: 'refused',
      says: 'no',
      facts: {},
    } as const;
    const failed = feed(begun.state, { type: 'step-result', nowMs: T + 30, result });
    expect(stateOf(failed.state)).toBe('stuck');
    expect(performs(feed(failed.state, decide('resume', 40)).effects)).toEqual(['look 2']);
  });

  it('is refused once it is promoted', () => {
    const promoted = [...done('look'), ...done('fence'), ...done('settle'), ...done('promote'), ...refused('verify')];
    expect(replyOf(feed(restore(stuck, promoted), decide('abandon')).effects)).toMatchObject({
      ok: false,
      code: 'already-promoted',
    });
  });
});

describe('a page', () => {
  it('goes out each time a run gets stuck', () => {
    const first = feed(restore(stuck, [...done('look'), ...done('fence'), ...refused('settle')]), decide('abandon'));
    const answer = (attempt: number, id: string): Input => ({
      type: 'step-result',
      nowMs: T + 30,
      result: { run: 'orders-p1-r1', step: id, attempt, state: 'refused', says: 'no', facts: {} },
    });
    const again = feed(first.state, answer(1, 'unfence'), decide('abandon', 50), answer(1, 'unfence-1'));
    const ids = again.effects.flatMap((e) => (e.type === 'page' && e.page.event === 'stuck' ? [e.page.id] : []));
    expect(new Set(ids).size).toBe(2);
  });
});
