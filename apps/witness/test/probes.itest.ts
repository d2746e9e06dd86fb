// Every probe against real servers in every state that can be made here: the word it answers with, and that it always ends
// and leaves nothing open.
import { readdirSync } from 'node:fs';
import { createServer, Socket, type Server } from 'node:net';
import { spawn } from 'node:child_process';
import { Connection, explainFailure, type Target } from '@petrov/runtime/postgres';
import { DatabaseError } from 'pg';
import { freePort, startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heartbeatTable, watchMember } from './watching.ts';

let primary: TestPostgres;
let standby: TestPostgres;
let recovering: TestPostgres;
const closers: (() => void)[] = [];

beforeAll(async () => {
  primary = await startTestPostgres(
    'max_connections = 20\nwal_level = logical\nmax_prepared_transactions = 2\nwal_log_hints = on\n',
  );
  await primary.sql('CREATE DATABASE petrov');
  for (const text of [
    heartbeatTable,
    'CREATE ROLE witness LOGIN CONNECTION LIMIT 3',
    'CREATE ROLE limited LOGIN CONNECTION LIMIT 1',
    "CREATE ROLE wrong_password LOGIN PASSWORD 'right'",
    'CREATE ROLE reader LOGIN',
    'ALTER ROLE reader SET default_transaction_read_only = on',
    'GRANT pg_monitor TO witness, limited, reader, wrong_password',
    'GRANT SELECT, INSERT, UPDATE ON heartbeat TO witness, reader, limited',
  ]) {
    await primary.sql(text, { database: 'petrov' });
  }
  standby = await startTestStandby(primary, 'orders_2');
  recovering = await startTestStandby(primary, 'orders_3', 'hot_standby = off\n');
});
afterAll(() => {
  for (const close of closers) close();
  for (const server of [recovering, standby, primary]) server?.end();
});

const asWitness = (server: TestPostgres, change: Partial<Target> = {}) =>
  server.target({ user: 'witness', database: 'petrov', applicationName: 'petrov-w-a', ...change });
const openFiles = () => readdirSync('/proc/self/fd').length;

/** Listens; accepts and never says a word. */
async function blackHole(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    sockets.add(socket);
  });
  const port = await listen(server);
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
}
async function listen(server: Server, backlog?: number): Promise<number> {
  const port = await freePort();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ port, host: '127.0.0.1', backlog }, () => resolve());
  await promise;
  return port;
}
/** A listener whose queue is full: a connect is never answered. A stopped process never accepts. */
async function fullBacklog(): Promise<number> {
  const port = await freePort();
  const script = `require('net').createServer().listen({port:${port},host:'127.0.0.1',backlog:1},()=>console.log('up'))`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGSTOP');
  const held = Array.from({ length: 8 }, () => new Socket().on('error', () => undefined).connect(port, '127.0.0.1'));
  await new Promise((resolve) => held[0]?.once('connect', resolve));
  closers.push(() => {
    for (const socket of held) socket.destroy();
    child.kill('SIGKILL');
  });
  return port;
}

describe('a healthy set', () => {
  it('a primary says what it is, commits beats alternately, and names its standbys', async () => {
    const names = {
      byAddress: () => undefined,
      byApplicationName: (name: string) => (name === 'orders_2' ? 'orders-2' : undefined),
    };
    const member = watchMember(asWitness(primary), 'primary', names);
    const first = await member.round('tcp', 'sql', 'wal-senders', 'write');
    expect(first['tcp']).toMatchObject({ outcome: 'ok', by: 'w-a', cluster: 'orders', member: 'orders-1' });
    expect(first['sql']).toMatchObject({
      outcome: 'ok',
      facts: { inRecovery: false, readOnly: false, timeline: 1, session: 'new' },
    });
    expect(first['write']).toMatchObject({ outcome: 'ok', facts: { commit: 'local' } });
    expect(first['wal-senders']).toMatchObject({ outcome: 'ok', facts: { waitingForSync: 0, syncStandbys: [] } });
    expect(JSON.stringify(first['wal-senders'])).toContain('"member":"orders-2","state":"streaming"');
    const second = await member.round('sql', 'write');
    expect(second['sql']).toMatchObject({ facts: { session: 'persistent' } });
    expect(second['write']).toMatchObject({ outcome: 'ok', facts: { commit: 'remote', beat: 2 } });
    await member.end();
  });

  it('a standby testifies about its upstream, whatever the configuration says it is', async () => {
    const names = {
      byAddress: (host: string, port: number) =>
        host === '127.0.0.1' && port === primary.port ? 'orders-1' : undefined,
      byApplicationName: () => undefined,
    };
    const member = watchMember(asWitness(standby), 'primary', names);
    const seen = await member.round('sql', 'wal-receiver');
    expect(seen['sql']).toMatchObject({ outcome: 'ok', facts: { inRecovery: true, readOnly: true, timeline: 1 } });
    expect(seen['wal-receiver']).toMatchObject({
      outcome: 'ok',
      facts: { status: 'streaming', upstream: 'orders-1', timeline: 1, replayPaused: false, beat: 2 },
    });
    await member.end();
  });
});

describe('what it would cost to lose a primary', () => {
  it('is told along: logical slots, prepared transactions, how it can come back, its archive', async () => {
    const names = { byAddress: () => undefined, byApplicationName: () => undefined };
    const [one, two] = [
      watchMember(asWitness(primary), 'primary', names),
      watchMember(asWitness(standby), 'standby', names),
    ];
    const told = async () => (await one.round('sql', 'wal-senders'))['wal-senders'];
    const bare = { logicalSlots: [], preparedTransactions: 0, rewind: 'possible', archive: 'off' };
    expect(await told()).toMatchObject({ outcome: 'ok', facts: { inventory: bare } });
    await primary.sql("SELECT pg_create_logical_replication_slot('cdc', 'pgoutput')");
    await primary.sql("SELECT pg_create_physical_replication_slot('backup')");
    const session = await Connection.open(primary.target(), 2_000);
    for (const text of ['BEGIN', 'CREATE TABLE prepared (n int)', "PREPARE TRANSACTION 'held'"])
      await session.query(text, 2_000);
    expect(await told()).toMatchObject({
      facts: { inventory: { ...bare, logicalSlots: ['cdc'], preparedTransactions: 1 } },
    });
    await session.query("ROLLBACK PREPARED 'held'", 2_000);
    await session.close();
    for (const slot of ['cdc', 'backup']) await primary.sql(`SELECT pg_drop_replication_slot('${slot}')`);
    expect((await two.round('sql', 'wal-receiver'))['wal-receiver']).toMatchObject({ facts: { archives: false } });
    await Promise.all([one.end(), two.end()]);
  });
});

describe('replay that waits for a session', () => {
  it.each([
    ['a lock', 'DROP TABLE read_for_long'],
    ['a snapshot', 'DELETE FROM read_for_long; VACUUM (FREEZE) read_for_long'],
  ])('by %s is told with its pid, its user and its age', async (_by, conflict) => {
    await primary.sql('CREATE TABLE read_for_long AS SELECT 1 AS n');
    const isThere = "SELECT to_regclass('read_for_long') IS NOT NULL AS it";
    await expect.poll(() => standby.sql(isThere)).toEqual([{ it: true }]);
    const reader = await Connection.open(standby.target(), 2_000);
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ', 2_000);
    await reader.query('SELECT n FROM read_for_long', 2_000);
    for (const text of conflict.split(';')) await primary.sql(text);
    const member = watchMember(asWitness(standby), 'standby', {
      byAddress: () => undefined,
      byApplicationName: () => undefined,
    });
    const told = async () => (await member.round('sql', 'wal-receiver'))['wal-receiver'];
    const by = [{ pid: reader.processId, user: 'postgres', forMs: expect.any(Number) }];
    await expect.poll(told, { timeout: 10_000 }).toMatchObject({ facts: { heldUpBy: by } });
    await reader.close();
    await expect.poll(async () => JSON.stringify(await told()), { timeout: 10_000 }).not.toContain('heldUpBy');
    await member.end();
    await primary.sql('DROP TABLE IF EXISTS read_for_long');
  });
});

describe('what a server in trouble answers', () => {
  const cases: [string, () => Promise<Target> | Target, Record<string, string>][] = [
    [
      'nobody listens',
      async () => asWitness(primary, { port: await freePort() }),
      { tcp: 'refused', sql: 'refused', write: 'refused' },
    ],
    [
      'a black hole that accepts',
      async () => asWitness(primary, { port: await blackHole() }),
      { tcp: 'ok', sql: 'timeout', write: 'timeout' },
    ],
    [
      'a connect that never completes',
      async () => asWitness(primary, { port: await fullBacklog() }),
      { tcp: 'timeout', sql: 'timeout', write: 'timeout' },
    ],
    [
      'a name that leads nowhere',
      () => asWitness(primary, { host: 'db.petrov.invalid' }),
      { tcp: 'dns-failed', sql: 'dns-failed' },
    ],
    [
      'a wrong password',
      () => asWitness(primary, { user: 'wrong_password' }),
      { tcp: 'ok', sql: 'auth-failed', write: 'auth-failed' },
    ],
    ['no such role', () => asWitness(primary, { user: 'nobody' }), { tcp: 'ok', sql: 'auth-failed' }],
    [
      'a server that recovers',
      () => asWitness(recovering),
      { tcp: 'ok', sql: 'starting-up', write: 'starting-up', 'wal-senders': 'starting-up' },
    ],
    ['a primary made read-only', () => asWitness(primary, { user: 'reader' }), { sql: 'ok', write: 'read-only' }],
    ['no such database', () => asWitness(primary, { database: 'nowhere' }), { sql: 'error', write: 'error' }],
  ];
  it.each(cases)('%s', async (_name, target, expected) => {
    const member = watchMember(await target(), 'primary');
    const seen = await member.round(...(Object.keys(expected) as ('tcp' | 'sql' | 'write' | 'wal-senders')[]));
    expect(Object.fromEntries(Object.entries(seen).map(([probe, { outcome }]) => [probe, outcome]))).toEqual(expected);
    await member.end();
  });

  it("our role's own limit is told apart from slots that are used up", async () => {
    const held = watchMember(asWitness(primary, { user: 'limited' }), 'primary');
    await held.round('sql');
    const second = watchMember(asWitness(primary, { user: 'limited' }), 'primary');
    const limited = await second.round('sql');
    expect(limited['sql']).toMatchObject({ outcome: 'too-many-connections', facts: { code: '53300:role' } });
    await Promise.all([held.end(), second.end()]);

    const all = await Promise.all(
      Array.from({ length: 14 }, () =>
        Connection.open(primary.target({ user: 'reader', database: 'petrov' }), 2_000).catch(() => undefined),
      ),
    );
    const full = watchMember(asWitness(primary), 'primary');
    let seen = await full.round('sql');
    while (seen['sql']?.outcome === 'ok') {
      all.push(
        await Connection.open(primary.target({ user: 'reader', database: 'petrov' }), 2_000).catch(() => undefined),
      );
      await full.end();
      const again = watchMember(asWitness(primary), 'primary');
      seen = await again.round('sql');
      await again.end();
    }
    expect(seen['sql']).toMatchObject({ outcome: 'too-many-connections', facts: { code: '53300' } });
    await full.end();
    await Promise.all(all.map(async (connection) => connection?.close()));
  });

  it('a commit that waits for a standby that is gone: remote times out and is cancelled, local is ok', async () => {
    await primary.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    await primary.sql('SELECT pg_reload_conf()');
    const member = watchMember(asWitness(primary), 'primary');
    expect((await member.round('write'))['write']).toMatchObject({ outcome: 'ok', facts: { commit: 'local' } });
    const late = await member.round('write');
    expect(late['write']).toMatchObject({ outcome: 'timeout', facts: { commit: 'remote' } });
    expect(late['write']?.latencyMs).toBeGreaterThan(2_900);
    expect(late['write']?.latencyMs).toBeLessThan(3_300);
    await expect
      .poll(() => member.round('write'))
      .toMatchObject({ write: { outcome: 'ok', facts: { commit: 'local' } } });
    await member.end();
    await primary.sql('ALTER SYSTEM RESET synchronous_standby_names');
    await primary.sql('SELECT pg_reload_conf()');
  });
});

describe('nothing leaks', () => {
  it('50 rounds into black holes leave as many files open as before', async () => {
    const ports = [await blackHole(), await fullBacklog()];
    const before = openFiles();
    for (const port of ports) {
      const members = Array.from({ length: 25 }, () => watchMember(asWitness(primary, { port }), 'primary'));
      await Promise.all(members.map((member) => member.round('tcp', 'sql', 'write')));
      await Promise.all(members.map((member) => member.end()));
    }
    await expect.poll(openFiles, { timeout: 5_000 }).toBeLessThanOrEqual(before + 25); // the black hole's own ends
    for (const close of closers.splice(0)) close();
    await expect.poll(openFiles, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  });

  it('a frozen server: each round times out, and it gets no more sessions than the role may have', async () => {
    const member = watchMember(asWitness(primary), 'primary');
    await member.round('sql', 'write');
    const before = openFiles();
    const rows = await primary.sql(
      "SELECT pid FROM pg_stat_activity WHERE backend_type IN ('client backend', 'walsender')",
    );
    const frozen = [primary.pid() ?? 0, ...rows.map((row) => Number(row['pid']))];
    for (const pid of frozen) signal(pid, 'SIGSTOP');
    for (let n = 0; n < 2; n += 1) expect((await member.round('sql', 'write'))['sql']?.outcome).toBe('timeout');
    expect(openFiles()).toBeLessThanOrEqual(before + 1);
    for (const pid of frozen) signal(pid, 'SIGCONT');
    await expect
      .poll(async () => (await member.round('sql', 'write'))['write']?.outcome, { timeout: 10_000 })
      .toBe('ok');
    await member.end();
  });
});

describe('the end of a server', () => {
  it('a stop that waits for its sessions answers shutting-down; a kill loses the session at once and is refused', async () => {
    const member = watchMember(asWitness(primary), 'primary');
    await member.round('sql', 'write');
    let lastWord: unknown;
    const idle = await Connection.open(asWitness(primary), 2_000);
    idle.onLost((error) => (lastWord ??= error));
    signal(primary.pid() ?? 0, 'SIGTERM');
    const other = watchMember(asWitness(primary), 'primary');
    await expect.poll(async () => (await other.round('sql'))['sql']?.outcome, { timeout: 5_000 }).toBe('shutting-down');
    await other.end();
    signal(primary.pid() ?? 0, 'SIGKILL');
    await expect.poll(member.lost, { timeout: 2_000 }).toBe(1);
    // Each backend says, in the words of a shutdown, that its postmaster is gone: that is no server that shuts down.
    await expect.poll(() => lastWord, { timeout: 2_000 }).toBeInstanceOf(DatabaseError);
    expect(explainFailure(lastWord)).toMatchObject({ outcome: 'refused', code: 'connection-lost' });
    await expect.poll(async () => (await member.round('sql'))['sql']?.outcome, { timeout: 2_000 }).toBe('refused');
    await member.end();
  });
});

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    if (pid > 1) process.kill(pid, name);
  } catch {
    // a short session's process has ended meanwhile
  }
}
