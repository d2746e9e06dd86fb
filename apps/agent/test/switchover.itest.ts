// What a switchover needs of agents beside three real servers: synchronous standbys and slots, a candidate that catches up
// from a sibling, a clean stop whose last byte the candidate has, and the old primary back without a rewind.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AgentConfig, type AgentResult } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import { Connection } from '@petrov/runtime/postgres';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { freePort, startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { askGate } from '../src/gate.ts';
import { type Engine, startAgentWithin, startEngine } from './engine.ts';
import { commandsOf, peerOf, positionOf, receiverPid } from './members.ts';

let engine: Engine;
let servers: Record<'orders-1' | 'orders-2' | 'orders-3', TestPostgres>;
let agents: Shutdown[] = [];
let command: (member: string, verb: string, args: Record<string, unknown>, ttlMs?: number) => Promise<AgentResult>;
const to = (id: keyof typeof servers) => ({ upstream: id, host: '127.0.0.1', port: servers[id].port });

beforeAll(async () => {
  const conninfo = "primary_conninfo = 'host=127.0.0.1 port=1 user=postgres application_name=orders_1'\n";
  const [primary, started] = await Promise.all([startTestPostgres(conninfo), startEngine()]);
  engine = started;
  await primary.sql('CREATE TABLE t (id bigint PRIMARY KEY)');
  const [second, third] = await Promise.all([
    startTestStandby(primary, 'orders_2'),
    startTestStandby(primary, 'orders_3'),
  ]);
  servers = { 'orders-1': primary, 'orders-2': second, 'orders-3': third };
  const peers = Object.entries(servers).map(([id, server]) => peerOf(server, id));
  agents = Object.entries(servers).map(([member, server]) =>
    startAgentWithin(engine, server, { member, change: { peers: peers.filter(({ id }) => id !== member) } }),
  );
  command = commandsOf(engine, 3);
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.run()));
  engine?.end();
  for (const server of Object.values(servers ?? {})) server.end();
});

describe('synchronous standbys', () => {
  const show = async () => (await servers['orders-1'].sql('SHOW synchronous_standby_names'))[0];
  const both = { method: 'any', number: 1, members: ['orders-2', 'orders-3'] };

  it('are set by members’ ids, and what was before is told', async () => {
    const set = await command('orders-1', 'sync-names', both);
    expect(set).toMatchObject({ state: 'done', facts: { syncNamesBefore: { method: 'none' } } });
    expect(await show()).toEqual({ synchronous_standby_names: 'ANY 1 ("orders_2", "orders_3")' });
    const quorum = await servers['orders-1'].sql(
      "SELECT application_name FROM pg_stat_replication WHERE sync_state = 'quorum' ORDER BY 1",
    );
    expect(quorum).toEqual([{ application_name: 'orders_2' }, { application_name: 'orders_3' }]);
  });
  it.each([
    [{ method: 'any', number: 1, members: ['stranger'] }, /stranger is no other member/],
    [{ method: 'first', number: 3, members: ['orders-2', 'orders-3'] }, /no commit could wait for 3 of 2/],
    [{ method: 'any', number: 1, members: ['orders-2', 'orders-2'] }, /named twice/],
  ])('refused: %o', async (args, says) => {
    const result = await command('orders-1', 'sync-names', args);
    expect(result).toMatchObject({ state: 'refused', says: expect.stringMatching(says) });
  });
  it('are lowered by their number alone: the names stay as they stand there, also those of nobody that is known', async () => {
    const before = 'FIRST 2 (orders_2, "a ""stranger", *)';
    await servers['orders-1'].sql(`ALTER SYSTEM SET synchronous_standby_names = '${before}'`);
    await servers['orders-1'].sql('SELECT pg_reload_conf()');
    await vi.waitFor(async () => expect(await show()).toEqual({ synchronous_standby_names: before }));
    const lower = (number: number) => command('orders-1', 'sync-names', { method: 'lower', number });
    expect(await lower(1)).toMatchObject({ state: 'done', facts: { syncNamesBefore: before, syncTextBefore: before } });
    const text = 'FIRST 1 ("orders_2", "a ""stranger", *)';
    const lowered = { synchronous_standby_names: text };
    expect(await show()).toEqual(lowered);
    // Another attempt finds what the first one set, and tells what stood there before that.
    for (const number of [1, 2])
      expect(await lower(number)).toMatchObject({
        state: 'done',
        facts: { syncNamesBefore: text, syncTextBefore: before, syncText: text },
      });
    expect(await show()).toEqual(lowered);
    const none = await command('orders-1', 'sync-names', { method: 'none' });
    expect(none).toMatchObject({ state: 'done', facts: { syncTextBefore: before, syncText: '' } });
    const again = await command('orders-1', 'sync-names', { method: 'before', was: before });
    expect(again).toMatchObject({ state: 'done' });
    expect(await show()).toEqual({ synchronous_standby_names: before });
    expect(await command('orders-1', 'sync-names', both)).toMatchObject({ state: 'done' });
  });
  it('are put back only as they were lowered here, and nothing over anybody’s own', async () => {
    const putBack = (was: string) => command('orders-1', 'sync-names', { method: 'before', was });
    const set = async (names: string) => {
      await servers['orders-1'].sql(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
      await servers['orders-1'].sql('SELECT pg_reload_conf()');
      await expect.poll(show).toEqual({ synchronous_standby_names: names });
    };
    const text = 'ANY 1 ("orders_2", "orders_3")';
    const never = await putBack('ANY 2 (*)');
    expect(never).toMatchObject({ state: 'refused', says: expect.stringContaining('its agent never lowered them') });
    expect(await command('orders-1', 'sync-names', { method: 'none' })).toMatchObject({ state: 'done' });
    const stranger = await putBack('ANY 2 (*)');
    expect(stranger).toMatchObject({ state: 'refused', says: expect.stringContaining(`lowered ${text}`) });
    expect(await show()).toEqual({ synchronous_standby_names: '' });
    await set('FIRST 1 (*)');
    const own = await putBack(text);
    expect(own).toMatchObject({
      state: 'refused',
      says: expect.stringContaining('FIRST 1 (*), which somebody has set'),
    });
    expect(await show()).toEqual({ synchronous_standby_names: 'FIRST 1 (*)' });
    await set('');
    expect(await putBack(text)).toMatchObject({ state: 'done' });
    expect(await show()).toEqual({ synchronous_standby_names: text });
    expect(await putBack(text)).toMatchObject({ state: 'done', says: expect.stringContaining('already') });
  });
  it('and none', async () => {
    const none = await command('orders-1', 'sync-names', { method: 'none' });
    expect(none).toMatchObject({ state: 'done', facts: { syncNamesBefore: both } });
    expect(await show()).toEqual({ synchronous_standby_names: '' });
  });
});

describe('slots', () => {
  const names = async () =>
    (await servers['orders-1'].sql('SELECT slot_name FROM pg_replication_slots ORDER BY 1')).map(
      (row) => row['slot_name'],
    );

  it('are made once; only unused ones that were made by command are dropped', async () => {
    await servers['orders-1'].sql("SELECT pg_create_physical_replication_slot('backup', true)");
    const made = await command('orders-1', 'slots', { names: ['orders_2', 'orders_3'] });
    expect(made).toMatchObject({ state: 'done', says: expect.stringContaining('2 of 2 were made') });
    const again = await command('orders-1', 'slots', { names: ['orders_2', 'backup'] });
    expect(again).toMatchObject({ state: 'done', says: expect.stringContaining('0 of 2 were made') });
    const following = await command('orders-2', 'repoint', { ...to('orders-1'), slot: 'orders_2' }, 25_000);
    expect(following.state).toBe('done');
    for (const [name, says] of [
      ['backup', /neither one that Petrov made nor named/],
      ['orders_2', /is in use/],
    ] as const) {
      const refused = await command('orders-1', 'drop-slots', { names: ['orders_3', name] });
      expect(refused).toMatchObject({ state: 'refused', says: expect.stringMatching(says) });
    }
    expect(await names()).toEqual(['backup', 'orders_2', 'orders_3']);
    const dropped = await command('orders-1', 'drop-slots', { names: ['orders_3', 'gone'] });
    expect(dropped).toMatchObject({ state: 'done', says: expect.stringContaining('1 of 2 were dropped') });
    expect(await names()).toEqual(['backup', 'orders_2']);
  });

  it('are made on a standby too, which keeps WAL for them before it is promoted', async () => {
    const sql = (text: string) => servers['orders-2'].sql(text);
    const kept = () => sql('SELECT slot_name, restart_lsn IS NOT NULL AS keeps FROM pg_replication_slots');
    const ask = { names: ['orders_1'] };
    expect(await command('orders-2', 'slots', ask)).toMatchObject({ facts: { slotsMade: ['orders_1'] } });
    expect(await kept()).toEqual([{ slot_name: 'orders_1', keeps: true }]);
    expect(await sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: true }]);
    expect(await command('orders-2', 'slots', ask)).toMatchObject({ state: 'done', facts: { slotsMade: [] } });
    expect(await command('orders-2', 'drop-slots', ask)).toMatchObject({ state: 'done' });
    expect(await kept()).toEqual([]);
  });
});

describe('a candidate behind its sibling', () => {
  it('catches up from it, without a slot there', async () => {
    const nowhere = await freePort();
    const candidate = servers['orders-2'];
    await candidate.sql(
      `ALTER SYSTEM SET primary_conninfo = 'host=127.0.0.1 port=${nowhere} application_name=orders_2 user=postgres'`,
    );
    await candidate.sql('SELECT pg_reload_conf()');
    await expect.poll(() => receiverPid(candidate)).toBe(undefined);
    await servers['orders-1'].sql('INSERT INTO t SELECT generate_series(1, 1000)');
    const ahead = await positionOf(servers['orders-1']);
    await expect.poll(() => positionOf(servers['orders-3'])).toBe(ahead);
    expect(await positionOf(candidate)).not.toBe(ahead);

    const settled = await command('orders-2', 'settle', { ...to('orders-3'), atLeastLsn: ahead }, 15_000);
    expect(settled).toMatchObject({ state: 'done', facts: { inRecovery: true, timeline: 1 } });
    expect(await positionOf(candidate)).toBe(ahead);
    const unreachable = await command('orders-2', 'settle', { ...to('orders-3'), atLeastLsn: 'F/0' }, 1_000);
    expect(unreachable).toMatchObject({ state: 'ambiguous', says: expect.stringContaining("hasn't reached F/0") });
    const primary = await command('orders-1', 'settle', { ...to('orders-3'), atLeastLsn: ahead });
    expect(primary).toMatchObject({ state: 'refused', says: expect.stringContaining('is out of recovery') });
    const back = await command('orders-2', 'repoint', { ...to('orders-1'), slot: 'orders_2' }, 25_000);
    expect(back).toMatchObject({ state: 'done', facts: { upstream: 'orders-1' } });
  });
});

describe('a clean fence', () => {
  const proposal = { proposal: 'p-1', mode: 'clean' };

  it('is for a primary: a standby goes on', async () => {
    const refused = await command('orders-2', 'fence', proposal);
    expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('is in recovery') });
    expect(servers['orders-2'].pid()).toBeDefined();
  });

  it('of a primary that can’t stop in time: ambiguous, nothing is killed, and it is not fenced', async () => {
    const frozen = Number(await receiverPid(servers['orders-3']));
    process.kill(frozen, 'SIGSTOP'); // a fast stop waits until the standby has its last checkpoint
    let isFrozen = true;
    onTestFinished(() => void (isFrozen && process.kill(frozen, 'SIGCONT')));
    const late = await command('orders-1', 'fence', proposal, 1_500);
    expect(late).toMatchObject({ state: 'ambiguous', says: expect.stringContaining("isn't fenced") });
    expect(late.facts).toMatchObject({ standbySignal: false, fenced: false });
    expect(late.facts.processesLeft).toBeGreaterThan(0);
    // Given up: it goes on stopping, which isn't called lifted; once it has stopped it's started again.
    const stopping = await command('orders-1', 'unfence', { proposal: 'p-1' }, 1_500);
    expect(stopping).toMatchObject({ state: 'ambiguous', says: expect.stringContaining('still stopping') });
    isFrozen = !process.kill(frozen, 'SIGCONT');
    const given = await command('orders-1', 'unfence', { proposal: 'p-1' }, 25_000);
    expect(given).toMatchObject({ state: 'done', says: expect.stringContaining('runs again') });
    expect(await servers['orders-1'].sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: false }]);
    const again = await command('orders-1', 'unfence', { proposal: 'p-1' });
    expect(again).toMatchObject({ state: 'done', says: "orders-1 isn't fenced." });
  });

  it('then done: the candidate has all WAL, up to the end of the last checkpoint', async () => {
    for (const standby of ['orders-2', 'orders-3'] as const)
      await expect.poll(() => receiverPid(servers[standby]), { timeout: 20_000 }).toBeDefined();
    const fenced = await command('orders-1', 'fence', proposal, 20_000);
    const proof = { processesLeft: 0, sharedMemoryAttached: false, standbySignal: true, fenced: true };
    expect(fenced).toMatchObject({ state: 'done', facts: { ...proof, controlState: 'shut down' } });
    expect(await positionOf(servers['orders-2'])).toBe(fenced.facts.lsn);
    expect(await positionOf(servers['orders-3'])).toBe(fenced.facts.lsn);
  });

  it('of an open transaction ends it: it is rolled back', async () => {
    expect(await command('orders-1', 'unfence', { proposal: 'p-1' }, 25_000)).toMatchObject({ state: 'done' });
    const client = await Connection.open(servers['orders-1'].target(), 2_000);
    onTestFinished(() => client.destroy());
    await client.query('BEGIN', 2_000);
    await client.query('INSERT INTO t VALUES (-1)', 2_000);
    for (const standby of ['orders-2', 'orders-3'] as const)
      await expect.poll(() => receiverPid(servers[standby])).toBeDefined();
    const fenced = await command('orders-1', 'fence', proposal, 20_000);
    expect(fenced).toMatchObject({ state: 'done', facts: { controlState: 'shut down', fenced: true } });
    expect(await positionOf(servers['orders-2'])).toBe(fenced.facts.lsn);
    const again = await command('orders-1', 'fence', proposal, 20_000);
    expect(again.facts).toEqual(fenced.facts);
  });
});

describe('the old primary', () => {
  it('comes back as a standby without a rewind, and its fence is lifted', async () => {
    const promoted = await command('orders-2', 'promote', {
      timeline: 1,
      atLeastLsn: await positionOf(servers['orders-2']),
      withinMs: 5_000,
    });
    expect(promoted).toMatchObject({ state: 'done', facts: { timeline: 2 } });
    expect(await command('orders-2', 'slots', { names: ['orders_1'] })).toMatchObject({ state: 'done' });
    await servers['orders-2'].sql('INSERT INTO t VALUES (-2)');
    const started = await command('orders-1', 'start-as-standby', { ...to('orders-2'), slot: 'orders_1' }, 25_000);
    expect(started).toMatchObject({
      state: 'done',
      facts: { upstream: 'orders-2', receiverStatus: 'streaming', timeline: 2, inRecovery: true },
    });
    const look = await command('orders-1', 'look', {});
    expect(look.facts).toMatchObject({ fenced: false, standbySignal: true });
    await expect.poll(() => servers['orders-1'].sql('SELECT id FROM t WHERE id < 0')).toEqual([{ id: '-2' }]);
    const conninfo = (await servers['orders-1'].sql('SHOW primary_conninfo'))[0]?.['primary_conninfo'];
    expect(conninfo).toContain("application_name='orders_1'");
  });

  it('a primary isn’t started as a standby', async () => {
    const refused = await command('orders-2', 'start-as-standby', to('orders-1'));
    expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('is out of recovery') });
    expect(await servers['orders-2'].sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: false }]);
  });

  it('its gate keeps it from starting writable, though standby.signal was deleted and no member answers', async () => {
    const config = loadConfig(join(engine.folder, 'orders-1', 'agent.yaml'), AgentConfig);
    const alone = { ...config, peers: [] };
    servers['orders-1'].stop('fast');
    expect(await askGate(alone)).toMatchObject({ may: true, says: expect.stringContaining('starts read-only') });
    rmSync(join(config.dataDirectory, 'standby.signal'));
    expect(await askGate(config)).toMatchObject({ may: false, says: expect.stringContaining('orders-2 is out of') });
    expect(await askGate(alone)).toMatchObject({ may: false, says: expect.stringContaining('made it no primary') });
    expect(existsSync(join(config.dataDirectory, 'postmaster.pid'))).toBe(false);
  });
});
