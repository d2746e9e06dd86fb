// An agent beside a real primary and one beside its standby: every verb, what it refuses, what its fence proves, its gate.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Sighting } from '@petrov/core/observation';
import { ACT_VERBS, AgentConfig } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import { Connection } from '@petrov/runtime/postgres';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';
import { startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askGate } from '../src/gate.ts';
import { AgentState } from '../src/state/agent-state.ts';
import { type Engine, startAgentBeside, startAgentWithin, startEngine, type TestAgent } from './engine.ts';

let primary: TestPostgres;
let standby: TestPostgres;
let sibling: TestPostgres;
let engine: Engine;
let one: TestAgent;
let two: Shutdown;
let three: Shutdown;
let number = 0;
let acknowledged: number[] = [];
const newCommand = (verb: string, args: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  id: `run-1/${verb}/${(number += 1)}`,
  verb,
  args,
  ...more,
});
const peerOf = (server: TestPostgres, id: string) => ({
  id,
  host: '127.0.0.1',
  port: server.port,
  user: 'postgres',
  database: 'postgres',
});

beforeAll(async () => {
  [primary, engine] = await Promise.all([startTestPostgres(), startEngine()]);
  await primary.sql('CREATE TABLE t (id bigint PRIMARY KEY)');
  [standby, sibling] = await Promise.all([
    startTestStandby(primary, 'orders_2', 'max_standby_streaming_delay = -1\n'),
    startTestStandby(primary, 'orders_3'),
  ]);
  one = startAgentBeside(engine, primary, { member: 'orders-1', change: { peers: [peerOf(standby, 'orders-2')] } });
  three = startAgentWithin(engine, sibling, { member: 'orders-3' });
  two = startAgentWithin(engine, standby, { member: 'orders-2', change: { peers: [peerOf(primary, 'orders-1')] } });
  await Promise.all(['orders-1', 'orders-2', 'orders-3'].map((member) => engine.listening(member)));
});
afterAll(async () => {
  await Promise.all([one?.kill(), two?.run(), three?.run()]);
  engine?.end();
  sibling?.end();
  standby?.end();
  primary?.end();
});

/** Commits one row after another until the server goes; resolves with the last that was acknowledged. */
function keepWriting(server: TestPostgres, from: number): { started: Promise<void>; ended: Promise<number> } {
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const ended = (async () => {
    let id = from;
    try {
      const connection = await Connection.open(server.target(), 2_000);
      for (;;) {
        await connection.query(`INSERT INTO t VALUES (${id + 1})`, 5_000);
        id += 1;
        resolve();
      }
    } catch {
      return id; // the server is gone: that's what ends it
    }
  })();
  return { started, ended };
}
const askGateOf = (agent: TestAgent) => askGate(loadConfig(agent.configFile, AgentConfig));
const lastLsn = async (server: TestPostgres) =>
  String((await server.sql('SELECT pg_last_wal_replay_lsn() AS lsn'))[0]?.['lsn']);
const planned = async (change: Record<string, unknown> = {}) => ({
  timeline: 1,
  atLeastLsn: await lastLsn(standby),
  withinMs: 5_000,
  ...change,
});

describe('the protocol', () => {
  it('a look tells what the member is', async () => {
    const first = await engine.command('orders-1', newCommand('look', {}, { approval: undefined }));
    expect(first).toMatchObject({
      state: 'done',
      facts: { postgres: 'running', inRecovery: false, timeline: 1, fenced: false },
    });
    const second = await engine.command('orders-2', newCommand('look'));
    expect(second.facts).toMatchObject({
      inRecovery: true,
      timeline: 1,
      upstream: 'orders-1',
      receiverStatus: 'streaming',
    });
  });

  it('reports its host, and what it reaches', async () => {
    const isIt = (seen: Sighting) =>
      seen.by === 'agent:orders-2' && seen.probe === 'host' && seen.facts.peers !== undefined;
    const facts = () => {
      const seen = engine.told.findLast(isIt);
      return seen?.probe === 'host' ? seen.facts : undefined;
    };
    expect(await engine.until(facts, 'peers')).toMatchObject({
      postgres: 'running',
      peers: { 'orders-1': 'ok' },
      fenced: false,
    });
  });

  it('refuses what is not the engine’s, not for it, of another poll, too old, or without approval', async () => {
    const stranger = createSigner(generateKeyPair().privateKeyPem);
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ cluster: 'bills' }, /is for bills\/orders-1/],
      [{ systemIdentifier: '1' }, /is for system 1/],
      [{ agentNonce: 'another-nonce-0123' }, /answers another poll/],
      [{ approval: undefined }, /needs an approval/],
      [{ args: { names: ['Robert; DROP'] } }, /can't be read/],
    ];
    for (const [change, says] of cases) {
      const result = await engine.command('orders-1', { ...newCommand('slots', { names: ['a'] }), ...change });
      expect(result).toMatchObject({ state: 'refused', says: expect.stringMatching(says) });
    }
    const forged = await engine.command('orders-1', newCommand('slots', { names: ['a'] }), stranger);
    expect(forged).toMatchObject({ state: 'refused', says: "The signature isn't the engine's." });
    expect(await primary.sql('SELECT 1 FROM pg_replication_slots')).toEqual([]);
  });

  it('an id acts once, also after the agent was killed; an older epoch is refused', async () => {
    const command = newCommand('slots', { names: ['orders_2', 'orders_3'] }, { epoch: 5 });
    expect(await engine.command('orders-1', command)).toMatchObject({
      state: 'done',
      says: expect.stringContaining('2 of 2'),
    });
    await primary.sql("SELECT pg_drop_replication_slot('orders_3')");
    await one.kill();
    await engine.gone('orders-1');
    one.start();
    const again = await engine.command('orders-1', command);
    expect(again).toMatchObject({ state: 'done', says: expect.stringContaining('2 of 2') });
    expect(await primary.sql('SELECT slot_name FROM pg_replication_slots')).toEqual([{ slot_name: 'orders_2' }]);
    const old = await engine.command('orders-1', newCommand('slots', { names: ['x'] }, { epoch: 4 }));
    expect(old).toMatchObject({ state: 'refused', says: expect.stringContaining('epoch 4') });
    expect(await engine.command('orders-1', newCommand('look', {}, { epoch: 0 }))).toMatchObject({ state: 'done' });
  });
});

describe('promote refuses by each guard', () => {
  it.each([
    ['timeline', { timeline: 7 }, {}, /on timeline 1, the plan says 7/],
    ['position', { atLeastLsn: 'F/0' }, {}, /the plan says at least F\/0/],
    ['time', { withinMs: 100 }, { late: true }, /came too late/],
  ])('%s', async (_guard, change, { late = false }: { late?: boolean }, says) => {
    const pid = (await standby.sql('SELECT pg_backend_pid() AS pid'))[0];
    expect(pid).toBeDefined();
    const postmaster = standby.pid() ?? 0;
    if (late) process.kill(postmaster, 'SIGSTOP');
    const asked = engine.command('orders-2', newCommand('promote', await plannedWhile(late, change)));
    if (late) {
      await new Promise((resolve) => setTimeout(resolve, 400)); // the delay is what is tested
      process.kill(postmaster, 'SIGCONT');
    }
    expect(await asked).toMatchObject({ state: 'refused', says: expect.stringMatching(says) });
    expect(await standby.sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: true }]);
  });
  async function plannedWhile(isFrozen: boolean, change: Record<string, unknown>) {
    return isFrozen ? { timeline: 1, atLeastLsn: '0/1', withinMs: 5_000, ...change } : planned(change);
  }
  it('a primary is no candidate', async () => {
    const result = await engine.command('orders-1', newCommand('promote', await planned(), { epoch: 5 }));
    expect(result).toMatchObject({ state: 'refused', says: expect.stringContaining('out of recovery already') });
  });
});

describe('an agent that was stopped while a command lay in its socket', () => {
  it.each([
    ['promote', { withinMs: 300 }, 10_000, /more than 0\.3 s have passed/],
    ['slots', {}, 300, /good for 0\.3 s\. Nothing was done/],
  ])('refuses to %s', async (verb, change, ttlMs, says) => {
    const member = `orders-${verb}`;
    const late = startAgentBeside(engine, sibling, { member });
    onTestFinished(() => late.kill());
    await engine.listening(member);
    late.signal('SIGSTOP');
    const args = verb === 'promote' ? await planned(change) : { names: ['late'] };
    const asked = engine.command(member, newCommand(verb, args, { ttlMs }));
    await new Promise((resolve) => setTimeout(resolve, 600)); // the delay is what is tested
    late.signal('SIGCONT');
    expect(await asked).toMatchObject({ state: 'refused', says: expect.stringMatching(says) });
    expect(await sibling.sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: true }]);
    expect(await sibling.sql('SELECT slot_name FROM pg_replication_slots')).toEqual([]);
  });
});

describe('a pending promotion', () => {
  it('isn’t held up by a paused replay: it ends the pause, and all that was received is applied', async () => {
    const paused = await startTestStandby(primary, 'orders_4');
    const agent = startAgentWithin(engine, paused, { member: 'orders-4' });
    onTestFinished(async () => {
      await agent.run();
      paused.end();
    });
    await engine.listening('orders-4');
    await paused.sql('SELECT pg_wal_replay_pause()');
    await expect.poll(() => paused.sql('SELECT pg_get_wal_replay_pause_state() AS is')).toEqual([{ is: 'paused' }]);
    await primary.sql('CREATE TABLE meanwhile AS SELECT generate_series(1, 1000)');
    const written = String((await primary.sql('SELECT pg_current_wal_flush_lsn() AS lsn'))[0]?.['lsn']);
    const hasIt = `SELECT pg_last_wal_receive_lsn() >= '${written}' AS it`;
    await expect.poll(() => paused.sql(hasIt)).toEqual([{ it: true }]);
    const args = { timeline: 1, atLeastLsn: written, withinMs: 5_000 };
    const promoted = await engine.command('orders-4', newCommand('promote', args, { ttlMs: 9_000 }));
    expect(promoted).toMatchObject({ state: 'done', facts: { inRecovery: false, timeline: 2 } });
    expect(await paused.sql('SELECT count(*)::int AS n FROM meanwhile')).toEqual([{ n: 1000 }]);
  });

  it('replay blocked by a query: ambiguous; a restart of the candidate drops it and puts its fence and gate back', async () => {
    await primary.sql('CREATE TABLE blocker AS SELECT 1 AS one');
    await expect
      .poll(() => standby.sql("SELECT to_regclass('blocker') IS NOT NULL AS there"))
      .toEqual([{ there: true }]);
    const reader = await Connection.open(standby.target(), 2_000);
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ', 2_000);
    await reader.query('SELECT * FROM blocker', 2_000);
    await primary.sql('DROP TABLE blocker');
    const isBlocked = 'SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn() AS blocked';
    await expect.poll(() => standby.sql(isBlocked)).toEqual([{ blocked: true }]);
    const state = new AgentState(loadConfig(join(engine.folder, 'orders-2', 'agent.yaml'), AgentConfig).stateDirectory);
    const held = {
      fence: { proposal: 'p-0', epoch: 4, hadStandbySignal: true, wasRunning: true },
      standing: { epoch: 4, timeline: 1 },
    };
    state.keepFence(held.fence);
    state.keepStanding(held.standing);
    onTestFinished(() => {
      state.dropFence();
      state.dropStanding();
    });
    const args = { timeline: 1, atLeastLsn: '0/1', withinMs: 5_000 };
    const waits = new RegExp(
      `still in recovery: it may follow later. Its replay waits for pid ${reader.processId} \\(postgres, for `,
    );
    for (const _try of [1, 2]) {
      const stuck = await engine.command('orders-2', newCommand('promote', args, { ttlMs: 1_500, epoch: 5 }));
      expect(stuck).toMatchObject({ state: 'ambiguous', says: expect.stringMatching(waits) });
      expect([state.fence(), state.standing()]).toEqual([undefined, undefined]);
    }
    const restarted = await engine.command(
      'orders-2',
      newCommand('restart-candidate', {}, { epoch: 5, ttlMs: 25_000 }),
    );
    expect(restarted).toMatchObject({ state: 'done', facts: { inRecovery: true, timeline: 1 } });
    expect({ fence: state.fence(), standing: state.standing() }).toEqual(held);
    reader.destroy();
  });
});

describe('a sibling', () => {
  it('follows another member: only host and port of its primary_conninfo change', async () => {
    const slots = await engine.command('orders-2', newCommand('slots', { names: ['orders_3'] }, { epoch: 5 }));
    expect(slots).toMatchObject({ state: 'done' });
    const to = { upstream: 'orders-2', host: '127.0.0.1', port: standby.port, slot: 'orders_3' };
    const result = await engine.command('orders-3', newCommand('repoint', to, { epoch: 5, ttlMs: 25_000 }));
    expect(result).toMatchObject({
      state: 'done',
      facts: { upstream: 'orders-2', receiverStatus: 'streaming', timeline: 1 },
    });
    const conninfo = String((await sibling.sql('SHOW primary_conninfo'))[0]?.['primary_conninfo']);
    expect(conninfo).toContain("application_name='orders_3'");
    const refused = await engine.command('orders-1', newCommand('repoint', to, { epoch: 5 }));
    expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('is no standby') });
  });
});

describe('a fence', () => {
  it('of a running primary with writers: all processes end, and the proof is told', async () => {
    const writers = [0, 1, 2].map((n) => keepWriting(primary, n * 1_000_000));
    await Promise.all(writers.map(({ started }) => started));
    const fenced = await engine.command('orders-1', newCommand('fence', { proposal: 'p-1' }, { epoch: 6 }));
    const proof = { processesLeft: 0, sharedMemoryAttached: false, standbySignal: true, fenced: true };
    expect(fenced).toMatchObject({ state: 'done', facts: proof });
    acknowledged = await Promise.all(writers.map(({ ended }) => ended));
  });

  it('done again when it is fenced already; any start is read-only, and the gate says so', async () => {
    const again = await engine.command('orders-1', newCommand('fence', { proposal: 'p-1' }, { epoch: 6 }));
    expect(again).toMatchObject({ state: 'done', facts: { processesLeft: 0, fenced: true } });
    rmSync(join(primary.dataDirectory, 'standby.signal'));
    expect(await askGateOf(one)).toMatchObject({ may: true, says: expect.stringContaining('starts read-only') });
    const tellsOfGate = (seen: Sighting) =>
      seen.by === 'agent:orders-1' && seen.probe === 'host' && seen.facts.gateAskedAgoMs !== undefined;
    const told = await engine.until(() => engine.told.find(tellsOfGate), 'the agent to tell that its gate was asked');
    expect(told).toMatchObject({ facts: { allow: [...ACT_VERBS] } });
    primary.start(); // whoever starts it
    expect(await primary.sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: true }]);
    await expect(primary.sql('INSERT INTO t VALUES (-1)')).rejects.toThrow('read-only');
    // Everything that was acknowledged is there; the connections ended with the fence, so nothing was after it.
    const there = await primary.sql(`SELECT count(*)::int AS n FROM t WHERE id IN (${acknowledged.join(',')})`);
    expect(there).toEqual([{ n: 3 }]);
  });

  it('lifted for its own proposal only, it gives back a writable primary', async () => {
    const other = await engine.command('orders-1', newCommand('unfence', { proposal: 'p-9' }, { epoch: 6 }));
    expect(other).toMatchObject({ state: 'refused', says: expect.stringContaining('for proposal p-1') });
    const lifted = await engine.command('orders-1', newCommand('unfence', { proposal: 'p-1' }, { epoch: 6 }));
    expect(lifted).toMatchObject({ state: 'done', facts: { inRecovery: false, fenced: false, standbySignal: false } });
    await primary.sql('INSERT INTO t VALUES (-1)');
  });

  it('lifted when somebody went around it already, it stops nobody who is served', async () => {
    await engine.command('orders-1', newCommand('fence', { proposal: 'p-2' }, { epoch: 7 }));
    rmSync(join(primary.dataDirectory, 'standby.signal'));
    primary.start();
    const before = await primary.sql('SELECT pg_postmaster_start_time()::text AS at');
    const lifted = await engine.command('orders-1', newCommand('unfence', { proposal: 'p-2' }, { epoch: 7 }));
    expect(lifted).toMatchObject({ state: 'done', facts: { inRecovery: false, fenced: false } });
    expect(await primary.sql('SELECT pg_postmaster_start_time()::text AS at')).toEqual(before);
  });

  it('of a frozen primary: it is killed as it is', async () => {
    const writer = keepWriting(primary, 5_000_000);
    await writer.started;
    const rows = await primary.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE 'INSERT%'");
    for (const pid of [primary.pid() ?? 0, ...rows.map((row) => Number(row['pid']))]) process.kill(pid, 'SIGSTOP');
    await engine.until(
      () =>
        engine.told.findLast(
          (seen) => seen.by === 'agent:orders-1' && JSON.stringify(seen).includes('"postgres":"stopped"'),
        ),
      'stopped',
      3_000,
    );
    const fenced = await engine.command('orders-1', newCommand('fence', { proposal: 'p-2' }, { epoch: 7 }));
    expect(fenced).toMatchObject({
      state: 'done',
      facts: { processesLeft: 0, standbySignal: true, controlState: 'in production' },
    });
    expect(fenced.facts.lsn).toBeDefined();
    await writer.ended;
  });

  it('of one that is dead already', async () => {
    const fenced = await engine.command('orders-1', newCommand('fence', { proposal: 'p-2' }, { epoch: 7 }));
    expect(fenced).toMatchObject({ state: 'done', facts: { postgres: 'absent', processesLeft: 0, fenced: true } });
  });
});

describe('the candidate', () => {
  it('is promoted by one statement, and the old primary’s gate then refuses a writable start; its agent ended cleanly on SIGTERM', async () => {
    const result = await engine.command('orders-2', newCommand('promote', await planned(), { epoch: 7 }));
    expect(result).toMatchObject({ state: 'done', facts: { inRecovery: false, timeline: 2 } });
    await standby.sql('INSERT INTO t VALUES (-2)');
    expect(await one.end()).toBe(0);
    rmSync(join(engine.folder, 'orders-1', 'state', 'fence.json'));
    rmSync(join(primary.dataDirectory, 'standby.signal'));
    const command = ['apps/agent/src/main.ts', 'gate', '--config', one.configFile];
    const gate = spawnSync(process.execPath, command, { encoding: 'utf8' });
    expect(gate).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('orders-2 is out of recovery, on timeline 2'),
    });
    expect(existsSync(join(primary.dataDirectory, 'postmaster.pid'))).toBe(true); // left by the kill: it never started again
  });
});
