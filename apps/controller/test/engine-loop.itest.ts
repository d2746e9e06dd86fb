// The order of the shell on a real Postgres, with an engine of three lines: nothing is acted, answered or kept in memory
// whose transaction didn't commit.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { Effect, Input, StepResult } from '@petrov/core/engine';
import { systemClock } from '@petrov/runtime/clock';
import { createPool } from '@petrov/runtime/postgres';
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';
import type { Pool } from 'pg';
import type { ControllerEvent } from '../src/api/deps.ts';
import { createAuditKit } from '../src/audit/kit.ts';
import { createHeadMemory } from '../src/audit/head-memory.ts';
import { createAuditReader } from '../src/audit/reader.ts';
import { findEarlierReply } from '../src/effects/earlier-reply.ts';
import { createCommitter } from '../src/loop/committer.ts';
import { createCrashPoints } from '../src/loop/crash-points.ts';
import { type Act, EngineLoop } from '../src/loop/engine-loop.ts';
import { createStoreWatch, toError } from '../src/loop/store-watch.ts';
import { migrate } from '../src/store/migrations.ts';
import { takeOver } from '../src/store/statements/engine-owner.ts';
import { makeDecision, makeDraft, makePage, makeProposal, makeRun, makeStep } from './made.ts';
import { silent, startPostgres, type TestPostgres, until } from './servers.ts';

const kit = createAuditKit('petrov', createSigner(generateKeyPair().privateKeyPem));
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

type Script = (state: number, input: Input) => { state: number; effects: Effect[] } | undefined;
type Made = Awaited<ReturnType<typeof makeLoop>>;

async function makeLoop(
  script: Script,
  given: { pool?: Pool; act?: (act: Act) => Promise<StepResult | undefined> } = {},
) {
  const { pool: fresh } = await postgres.createDatabase();
  await migrate(fresh);
  const pool = given.pool ?? fresh;
  await takeOver(fresh, 'boot-1');
  const acted: Act[] = [];
  const told: ControllerEvent[] = [];
  const failures: unknown[] = [];
  const abort = new AbortController();
  const loop = new EngineLoop<number>({
    step: (state, input) => script(state, input) ?? { state, effects: [] },
    initial: 0,
    commit: createCommitter({
      pool,
      bootId: 'boot-1',
      kit,
      pagersOf: () => ['hook'],
      crash: createCrashPoints({}, false),
      signal: abort.signal,
    }),
    act: (act) => {
      acted.push(act);
      return given.act?.(act) ?? Promise.resolve(undefined);
    },
    findReply: (decision) => findEarlierReply(pool, decision),
    onCommitted: ({ events }) => told.push(...events),
    onStore: (error) => error !== undefined && failures.push(error),
    clock: systemClock,
    log: silent,
  });
  const count = async (table: string) =>
    Number((await fresh.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);
  return { loop, pool: fresh, acted, told, failures, count, abort };
}

const proposal = makeProposal('p-1');
const look: Effect = { type: 'look', cluster: 'orders', nonce: 'n-1', forMs: 0 };
const everything: Effect[] = [
  { type: 'store', what: 'proposal', proposal },
  { type: 'audit', entry: makeDraft(1) },
  { type: 'page', page: makePage('e-1.raised.1') },
  look,
];
const onDecision =
  (effects: Effect[]): Script =>
  (state, input) =>
    input.type === 'decision'
      ? {
          state: state + 1,
          effects: [...effects, { type: 'reply', to: input.decision.id, ok: true, says: 'Taken.', proposal }],
        }
      : undefined;

describe('one step', () => {
  it('is committed whole, then taken, answered, told, acted', async () => {
    const made = await makeLoop(onDecision(everything));
    expect(await made.loop.submitDecision(makeDecision('key-0001'))).toMatchObject({ ok: true, says: 'Taken.' });
    expect(made.loop.getState()).toBe(1);
    expect(made.acted).toEqual([look]);
    expect(made.told.map(({ type }) => type)).toEqual(['proposal', 'audit']);
    for (const table of ['proposals', 'revisions', 'audit_entries', 'audit_checkpoints', 'outbox', 'decisions'])
      expect(await made.count(table), table).toBe(1);
  });

  it('knows beside the time of day a clock that is never set', async () => {
    const inputs: Input[] = [];
    const made = await makeLoop((state, input) => {
      inputs.push(input);
      return onDecision([])(state, input);
    });
    const before = systemClock.monotonicMs();
    await made.loop.submitDecision(makeDecision('key-0001'));
    const [first] = inputs;
    expect(first?.steadyMs).toBeGreaterThanOrEqual(before);
    expect(first?.steadyMs).toBeLessThanOrEqual(systemClock.monotonicMs());
  });

  it('whose record can not be appended leaves the old state, nothing stored and nothing acted (I10)', async () => {
    const made = await makeLoop(onDecision(everything));
    await made.pool.query('ALTER TABLE audit_entries ADD CONSTRAINT full_disk CHECK (false) NOT VALID');
    const reply = await made.loop.submitDecision(makeDecision('key-0001'));
    expect(reply).toMatchObject({ ok: false, code: 'store-unavailable' });
    expect(reply.says).toContain("What can't be recorded isn't decided");
    expect(made.loop.getState()).toBe(0);
    expect(made.acted).toEqual([]);
    expect(made.told).toEqual([]);
    for (const table of ['proposals', 'outbox', 'decisions']) expect(await made.count(table), table).toBe(0);
    await made.pool.query('ALTER TABLE audit_entries DROP CONSTRAINT full_disk');
    expect(await made.loop.submitDecision(makeDecision('key-0001'))).toMatchObject({ ok: true });
    expect(made.loop.getState()).toBe(1);
  });

  it('is one decision for one key, and refuses a key of another', async () => {
    const made = await makeLoop(onDecision(everything));
    const first = await made.loop.submitDecision(makeDecision('key-0001'));
    expect(await made.loop.submitDecision(makeDecision('key-0001'))).toEqual(first);
    expect(made.loop.getState()).toBe(1);
    expect(made.acted).toHaveLength(1);
    expect(await made.loop.submitDecision({ ...makeDecision('key-0001'), kind: 'reject' })).toMatchObject({
      ok: false,
      code: 'idempotency-key-reused',
    });
  });

  it('that starts a second run of one epoch is refused by the store (I8)', async () => {
    const runs = ['r-1', 'r-2'].map((id) => makeRun(id, proposal));
    const made = await makeLoop((state, input) => {
      const run = runs[state];
      if (input.type !== 'decision' || !run) return undefined;
      const effects: Effect[] = [
        { type: 'store', what: 'proposal', proposal },
        { type: 'store', what: 'run', run },
        look,
      ];
      return { state: state + 1, effects };
    });
    await made.loop.submitDecision(makeDecision('key-0001'));
    expect(await made.loop.submitDecision(makeDecision('key-0002'))).toMatchObject({ code: 'store-unavailable' });
    expect(made.loop.getState()).toBe(1);
    expect(made.acted).toHaveLength(1);
  });

  it('commits nothing more when another controller took the store over', async () => {
    const made = await makeLoop(onDecision(everything));
    await takeOver(made.pool, 'boot-2');
    expect(await made.loop.submitDecision(makeDecision('key-0001'))).toMatchObject({ ok: false, code: 'store-lost' });
    expect(made.acted).toEqual([]);
  });
});

describe('acts', () => {
  const run = makeRun('r-1', proposal);
  const perform: Effect = {
    type: 'perform',
    run,
    step: makeStep('look', 'orders-2'),
    attempt: 1,
    epoch: 1,
    nonce: 'n',
    lookedAtSteadyMs: 0,
  };
  const script: Script = (state, input) => {
    if (input.type === 'decision')
      return { state: 1, effects: [{ type: 'store', what: 'proposal', proposal }, perform] };
    if (input.type !== 'step-result') return undefined;
    const event = { type: 'done', step: 'look', attempt: 1, atMs: 1, says: input.result.says, facts: {} } as const;
    const effects: Effect[] = [
      { type: 'store', what: 'run', run },
      { type: 'store', what: 'journal', run: run.id, seq: 1, event },
    ];
    return { state: input.result.state === 'ambiguous' ? 3 : 2, effects };
  };
  const result: StepResult = { run: 'r-1', step: 'look', attempt: 1, state: 'done', says: 'seen', facts: {} };
  const settled = (made: Made) => until(() => made.loop.getState() > 1, 'the result to be taken');

  it('feed their result back; one that throws is ambiguous', async () => {
    const good = await makeLoop(script, { act: () => Promise.resolve(result) });
    await good.loop.submitDecision(makeDecision('key-0001'));
    await settled(good);
    expect(good.loop.getState()).toBe(2);
    const bad = await makeLoop(script, { act: () => Promise.reject(new Error('it broke')) });
    await bad.loop.submitDecision(makeDecision('key-0001'));
    await settled(bad);
    expect(bad.loop.getState()).toBe(3);
  });

  it('wait for their entry, all but a look, whose answer waits for it', async () => {
    const fence: Effect = { ...perform, step: makeStep('fence', 'orders-1') };
    const both: Script = (state, input) =>
      input.type === 'decision'
        ? { state: 1, effects: [{ type: 'store', what: 'proposal', proposal }, perform, fence] }
        : state === 0
          ? undefined // an answer that nobody waits for
          : script(state, input);
    const made = await makeLoop(both, {
      act: (act) => (act === perform ? Promise.resolve(result) : new Promise(() => undefined)),
    });
    await made.pool.query('ALTER TABLE proposals ADD CONSTRAINT away CHECK (false) NOT VALID');
    expect(await made.loop.submitDecision(makeDecision('key-0001'))).toMatchObject({ ok: false });
    expect(made.acted).toEqual([perform]);
    await made.pool.query('ALTER TABLE proposals DROP CONSTRAINT away');
    await made.loop.submitDecision(makeDecision('key-0002'));
    await settled(made);
    expect(made.acted).toEqual([perform, perform, fence]);
  });

  it('whose result could not be stored comes again until it is', async () => {
    const gate = Promise.withResolvers<StepResult>();
    const made = await makeLoop(script, { act: () => gate.promise });
    await made.loop.submitDecision(makeDecision('key-0001'));
    await made.pool.query('ALTER TABLE journal ADD CONSTRAINT away CHECK (false) NOT VALID');
    gate.resolve(result);
    await until(() => made.failures.length >= 2, 'two failed transactions');
    expect(made.loop.getState()).toBe(1);
    await made.pool.query('ALTER TABLE journal DROP CONSTRAINT away');
    await settled(made);
    expect(await made.count('journal')).toBe(1);
    expect(made.acted).toHaveLength(1);
    await made.loop.stop();
  });
});

it('ticks with its own lateness and stops cleanly', async () => {
  const lags: number[] = [];
  const made = await makeLoop((state, input) => {
    if (input.type === 'tick') lags.push(input.loopLagMs ?? -1);
    return { state: state + 1, effects: [] };
  });
  made.loop.start();
  await until(() => lags.length >= 2, 'two ticks');
  const busyUntil = performance.now() + 700;
  while (performance.now() < busyUntil);
  await until(() => Math.max(...lags) > 300, 'a late tick');
  await made.loop.stop();
  expect(Math.min(...lags)).toBeGreaterThanOrEqual(0);
  expect(await made.loop.submitDecision(makeDecision('key-0001'))).toMatchObject({ ok: false, code: 'stopping' });
});

describe('a connection that breaks at COMMIT', () => {
  /** Between the pool and Postgres: once armed, the next COMMIT is passed on or swallowed, and the line is cut. */
  async function startCutter(
    socketPath: string,
  ): Promise<{ port: number; arm: (pass: boolean) => void; server: Server }> {
    let armed: { pass: boolean } | undefined;
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const upstream = connect(socketPath);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      }
      client.on('data', (data) => {
        if (!armed || !data.includes('COMMIT')) return upstream.write(data);
        const { pass } = armed;
        armed = undefined;
        client.destroy();
        if (pass) upstream.end(data);
        else upstream.destroy();
        return false;
      });
      upstream.on('data', (data) => client.write(data)).on('close', () => client.destroy());
      client.on('close', () => upstream.end());
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return { port: address.port, arm: (pass) => (armed = { pass }), server };
  }

  it.each([
    ['arrived', true, { ok: true }, 1],
    ['did not arrive', false, { ok: false, code: 'store-unavailable' }, 0],
  ] as const)('is found out: the commit %s', async (_name, pass, expected, state) => {
    const { pool: direct, urlVia } = await postgres.createDatabase();
    const cutter = await startCutter(`${postgres.folder}/.s.PGSQL.${postgres.port}`);
    const pool = createPool({ url: urlVia('127.0.0.1', cutter.port), applicationName: 'test', log: silent });
    await migrate(direct);
    await takeOver(direct, 'boot-1');
    const made = await makeLoop(onDecision(everything), { pool });
    cutter.arm(pass);
    expect(await made.loop.submitDecision(makeDecision('key-0001'))).toMatchObject(expected);
    expect(made.loop.getState()).toBe(state);
    expect(made.acted).toHaveLength(state);
    const audit = createAuditReader({
      pool: direct,
      kit,
      nowMs: () => 1,
      onAppended: () => undefined,
      head: createHeadMemory(),
    });
    expect(await audit.verify()).toMatchObject({ ok: true, entries: state });
    await pool.end();
    cutter.server.close();
  });
});

it('is blind after ten seconds without the store, says so once, and when it sees again', () => {
  let now = 0;
  const said: string[] = [];
  const watch = createStoreWatch({
    ask: () => Promise.resolve(),
    onBlind: ({ forMs, why }) => said.push(`blind ${forMs} ${why}`),
    onSeeing: (forMs) => said.push(`sees ${forMs}`),
    onLost: () => said.push('lost'),
    monotonicMs: () => now,
    log: silent,
  });
  const failure = toError('no disk');
  for (now of [0, 5_000, 9_999, 10_000, 11_000]) watch.note(failure);
  expect(said).toEqual(['blind 10000 no disk']);
  now = 12_000;
  watch.note(undefined);
  expect(said).toEqual(['blind 10000 no disk', 'sees 12000']);
});
