// A primary that was killed while it wrote comes back as a standby: it can't follow as it is, is rewound or cloned by its
// agent, and streams. What only it had is put aside and told; its configuration stays its own.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Lsn, lsnBytes, lsnDistanceBytes } from '@petrov/core/cluster';
import type { Sighting } from '@petrov/core/observation';
import { AgentConfig, type AgentResult } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import { Connection } from '@petrov/runtime/postgres';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { POSTGRES_BIN, startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askGate } from '../src/gate.ts';
import { listProcesses } from '../src/postgres/processes.ts';
import { isProgramRunning } from '../src/postgres/programs.ts';
import { type Engine, startAgentBeside, startAgentWithin, startEngine, type TestAgent } from './engine.ts';
import { commandsOf, peerOf, positionOf, receiverPid } from './members.ts';

let engine: Engine;
let one: TestPostgres;
let two: TestPostgres;
let other: Shutdown;
let command: (member: string, verb: string, args: Record<string, unknown>, ttlMs?: number) => Promise<AgentResult>;
let agent: TestAgent;
/** While these files are there, pg_rewind dies half-way, or waits before it begins. */
let dies: string;
let waits: string;
/** While this is there, the source tells to be in recovery once it was rehearsed on, or copied. */
let turns: string;
let lost: { fork: Lsn; flushed: Lsn };
const to = (server: TestPostgres, upstream: string) => ({ upstream, host: '127.0.0.1', port: server.port });
const toTwo = () => to(two, 'orders-2');
/** What is rewound or cloned: from orders-2 on this timeline. */
const fromTwo = (timeline = 2) => ({ ...toTwo(), timeline });

beforeAll(async () => {
  const own = "primary_conninfo = 'host=127.0.0.1 port=1 user=postgres application_name=orders_1'\n";
  const [primary, started] = await Promise.all([
    startTestPostgres(`wal_log_hints = on\nrestore_command = 'false'\n${own}`),
    startEngine(),
  ]);
  [one, engine] = [primary, started];
  await one.sql('CREATE TABLE t (id bigint PRIMARY KEY, by text)');
  two = await startTestStandby(one, 'orders_2', 'wal_log_hints = on\n');
  mkdirSync(join(one.dataDirectory, 'conf.d'));
  writeFileSync(join(one.dataDirectory, 'conf.d', 'mine.conf'), "work_mem = '7MB'\n");
  appendFileSync(join(one.dataDirectory, 'postgresql.conf'), "include_dir = 'conf.d'\n");
  appendFileSync(join(one.dataDirectory, 'pg_hba.conf'), '# of orders-1\n');
  [dies, waits, turns] = [join(one.folder, 'dies'), join(one.folder, 'waits'), join(one.folder, 'turns')];
  const peers = { 'orders-1': peerOf(one, 'orders-1'), 'orders-2': peerOf(two, 'orders-2') };
  const change = { replication: { user: 'postgres' }, binDirectory: makePrograms(join(engine.folder, 'bin')) };
  agent = startAgentBeside(engine, one, { member: 'orders-1', change: { ...change, peers: [peers['orders-2']] } });
  other = startAgentWithin(engine, two, { member: 'orders-2', change: { ...change, peers: [peers['orders-1']] } });
  command = commandsOf(engine, 3);
});
afterAll(async () => {
  await Promise.all([agent?.kill(), other?.run()]);
  engine?.end();
  two?.end();
  one?.end();
});

function makePrograms(folder: string): string {
  mkdirSync(folder);
  chmodSync(engine.folder, 0o755);
  for (const name of readdirSync(POSTGRES_BIN)) {
    if (!['pg_rewind', 'pg_basebackup', 'psql'].includes(name))
      symlinkSync(join(POSTGRES_BIN, name), join(folder, name));
  }
  const turned = `if [ -e ${turns} ]; then echo > ${turns}.now; fi`;
  const script = `#!/bin/sh
case " $* " in *" --dry-run "*) ${turned};; *)
  while [ -e ${waits} ]; do echo > ${waits}.seen; sleep 0.05; done
  if [ -e ${dies} ]; then cp "$2/pg_ident.conf" "$2/pg_hba.conf"; rm "$2/conf.d/mine.conf"; kill -9 $$; fi
esac
exec ${join(POSTGRES_BIN, 'pg_rewind')} "$@"
`;
  const copies = `#!/bin/sh\n${turned}\nexec ${join(POSTGRES_BIN, 'pg_basebackup')} "$@"\n`;
  const asks = `#!/bin/sh\nif [ -e ${turns}.now ]; then echo '1|2|0'; exit; fi\nexec ${join(POSTGRES_BIN, 'psql')} "$@"\n`;
  for (const [name, text] of Object.entries({ pg_rewind: script, pg_basebackup: copies, psql: asks }))
    writeFileSync(join(folder, name), text, { mode: 0o755 });
  return folder;
}

/** Rows by several sessions until the server goes. */
function keepWriting(server: TestPostgres, by: string): { acknowledged: number[]; ended: Promise<unknown> } {
  const acknowledged: number[] = [];
  const write = async (from: number) => {
    const connection = await Connection.open(server.target(), 2_000);
    for (let id = from; ; id += 1) {
      await connection.query(`INSERT INTO t VALUES (${id}, '${by}')`, 5_000);
      acknowledged.push(id);
    }
  };
  return { acknowledged, ended: Promise.allSettled([1, 2, 3].map((n) => write(n * 1_000_000))) };
}

/** Its source led when it began, and leads no more right before data would be changed. */
async function refusedAtLast(verb: 'rewind' | 'clone', timeline = 2): Promise<string> {
  writeFileSync(turns, '');
  const refused = await command('orders-1', verb, fromTwo(timeline), 60_000);
  expect(existsSync(`${turns}.now`)).toBe(true);
  for (const file of [turns, `${turns}.now`]) rmSync(file);
  expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('orders-2 is in recovery') });
  expect(refused.facts.unfinished).toBeUndefined();
  return refused.says;
}

function killAll(server: TestPostgres): void {
  for (const { pid } of listProcesses(server.dataDirectory)) process.kill(pid, 'SIGKILL');
}
/** Its standby is cut off first, so that the last commits are surely nowhere else. */
async function killDiverged(): Promise<{ fork: Lsn; flushed: Lsn }> {
  const writers = keepWriting(one, 'orders-1');
  await expect.poll(() => writers.acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(100);
  await two.sql("ALTER SYSTEM SET primary_conninfo = 'port=1 user=postgres application_name=orders_2'");
  await two.sql('SELECT pg_reload_conf()');
  await expect.poll(() => receiverPid(two)).toBe(undefined);
  const fork = Lsn.parse(await positionOf(two));
  const before = writers.acknowledged.length;
  await expect.poll(() => writers.acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(before + 100);
  const flushed = Lsn.parse(await positionOf(one));
  killAll(one);
  await writers.ended;
  return { fork, flushed };
}

async function promote(member: string, server: TestPostgres, timeline: number): Promise<void> {
  const args = { timeline, atLeastLsn: await positionOf(server), withinMs: 5_000 };
  expect(await command(member, 'promote', args)).toMatchObject({ state: 'done' });
}
async function digestOf(server: TestPostgres): Promise<unknown> {
  return (await server.sql('SELECT count(*)::int, md5(string_agg(t::text, chr(10) ORDER BY id)) FROM t'))[0];
}
async function expectFollows(): Promise<void> {
  const started = await command('orders-1', 'start-as-standby', toTwo(), 25_000);
  expect(started).toMatchObject({ state: 'done', facts: { receiverStatus: 'streaming', upstream: 'orders-2' } });
  await two.sql("INSERT INTO t SELECT coalesce(max(id), 0) + 1, 'follows' FROM t");
  const at = await positionOf(two);
  await expect.poll(() => positionOf(one)).toBe(at);
  await expect.poll(() => digestOf(one)).toEqual(await digestOf(two));
  await expectOwnConfiguration();
}
async function expectOwnConfiguration(): Promise<void> {
  expect(await one.sql('SHOW work_mem')).toEqual([{ work_mem: '7MB' }]);
  expect(await one.sql('SHOW port')).toEqual([{ port: String(one.port) }]);
  expect(readFileSync(join(one.dataDirectory, 'pg_hba.conf'), 'utf8')).toContain('# of orders-1');
  expect((await one.sql('SHOW primary_conninfo'))[0]?.['primary_conninfo']).toContain("application_name='orders_1'");
}
const gateOfOne = () => askGate(loadConfig(join(engine.folder, 'orders-1', 'agent.yaml'), AgentConfig));

/** The records of the old timeline that were put aside. */
function dumpWal(savedTo: string, from: Lsn): string[] {
  try {
    execFileSync(join(POSTGRES_BIN, 'pg_waldump'), ['-p', join(savedTo, 'pg_wal'), '-t', '1', '-s', from], {
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 1 << 28,
    });
    return [];
  } catch (error) {
    return String((error as { stdout: string }).stdout)
      .trim()
      .split('\n'); // it ends with an error at the end of WAL
  }
}

describe('a primary that was killed while it wrote', () => {
  it('has WAL that was never replicated: it can’t follow the promoted standby, and its log says why', async () => {
    lost = await killDiverged();
    await promote('orders-2', two, 1);
    await two.sql("INSERT INTO t SELECT generate_series(1, 500), 'orders-2'");

    const stuck = await command('orders-1', 'start-as-standby', toTwo(), 20_000);
    expect(stuck).toMatchObject({
      state: 'ambiguous',
      says: expect.stringContaining("has WAL that orders-2 hasn't"),
    });
    expect(stuck.facts.logSays).toMatch(/forked off|is not in this server's history/);
  });

  it('whose agent was killed in the midst of its rewind: no other begins while that one goes on', async () => {
    writeFileSync(waits, '');
    const id = 'run/rewind/killed';
    const rewind = { id, verb: 'rewind', args: fromTwo(), epoch: 3, ttlMs: 60_000 };
    void engine.command('orders-1', rewind).catch(() => undefined); // nobody is left to answer it
    await expect.poll(() => existsSync(`${waits}.seen`), { timeout: 20_000 }).toBe(true);
    const tellsOfIt = (seen: Sighting) => seen.probe === 'host' && seen.facts.acting?.verb === 'rewind';
    await engine.until(() => engine.told.find(tellsOfIt), 'the agent to tell what it is at');
    await agent.kill();
    await engine.gone('orders-1');
    agent.start();
    const unknown = await engine.command('orders-1', rewind);
    expect(unknown).toMatchObject({ state: 'ambiguous', facts: { unfinished: 'rewind', fenced: true } });
    const refused = await command('orders-1', 'rewind', fromTwo());
    expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('still runs') });
    expect(await gateOfOne()).toMatchObject({ may: false, says: expect.stringContaining('ended half-way') });
    writeFileSync(dies, '');
    rmSync(waits);
    await expect.poll(() => isProgramRunning('pg_rewind', one.dataDirectory)).toBe(false);
  });

  it('whose rewind broke off can’t be started by anybody', async () => {
    const broken = await command('orders-1', 'rewind', fromTwo(), 60_000);
    expect(broken).toMatchObject({ state: 'ambiguous', facts: { unfinished: 'rewind', fenced: true } });
    expect(await gateOfOne()).toMatchObject({ may: false, says: expect.stringContaining('ended half-way') });
    for (const [verb, args] of [
      ['start-as-standby', toTwo()],
      ['unfence', { proposal: 'p-1' }],
    ] as const) {
      const refused = await command('orders-1', verb, args);
      expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('ended half-way') });
    }
    expect(one.pid()).toBe(undefined);
  });

  it('is rewound: what diverged is put aside and told, its configuration is its own again', async () => {
    rmSync(dies);
    const rewound = await command('orders-1', 'rewind', fromTwo(), 60_000);
    expect(rewound).toMatchObject({
      state: 'done',
      facts: { divergedFrom: lost.fork, fenced: true, postgres: 'absent' },
    });
    expect(rewound.facts.unfinished).toBeUndefined();
    const { divergedBytes = 0, savedTo = '', savedBytes = 0 } = rewound.facts;
    expect(divergedBytes).toBeGreaterThanOrEqual(lsnDistanceBytes(lost.fork, lost.flushed));
    // The WAL put aside ends where it was said to: its last record begins before that, and none follows.
    const end = lsnBytes(lost.fork) + BigInt(divergedBytes);
    const last = dumpWal(savedTo, lost.fork).at(-1) ?? '';
    const [, length = '', at = ''] = /len \(rec\/tot\): +\d+\/ *(\d+).*lsn: ([0-9A-F/]+)/.exec(last) ?? [];
    const lastBytes = Number(end - lsnBytes(Lsn.parse(at)));
    expect([lastBytes >= Number(length), lastBytes < Number(length) + 64]).toEqual([true, true]);
    expect(savedBytes).toBeGreaterThan(16 * 1024 ** 2 - 1);
    expect(existsSync(join(one.dataDirectory, 'standby.signal'))).toBe(true);
    const again = await command('orders-1', 'rewind', fromTwo(), 60_000); // the answer got lost
    expect(again).toMatchObject({ state: 'done', says: expect.stringContaining('already') });
    expect(again.facts).toEqual(rewound.facts);
    await expectFollows();
    expect(await one.sql("SELECT count(*)::int AS n FROM t WHERE by = 'orders-2'")).toEqual([{ n: 500 }]);
  });
});

describe('a standby', () => {
  it('is cloned while it runs: the old directory is kept, its configuration stays', async () => {
    mkdirSync(`${one.dataDirectory}.clone-earlier`); // of a try that ended half-way
    writeFileSync(join(one.dataDirectory, 'original'), '');
    const cloned = await command('orders-1', 'clone', fromTwo(), 60_000);
    expect(cloned).toMatchObject({
      state: 'done',
      facts: { savedTo: `${one.dataDirectory}.aside`, fenced: true, standbySignal: true, postgres: 'absent' },
    });
    expect(cloned.facts.savedBytes).toBeGreaterThan(20 * 1024 ** 2);
    expect(
      readdirSync(one.folder)
        .filter((name) => name.startsWith('data'))
        .toSorted(),
    ).toEqual(['data', 'data.aside']);
    const label = readFileSync(join(one.dataDirectory, 'backup_label'), 'utf8');
    const again = await command('orders-1', 'clone', fromTwo(), 60_000); // the answer got lost
    expect(again).toMatchObject({ state: 'done', says: expect.stringContaining('already'), facts: cloned.facts });
    expect(readFileSync(join(one.dataDirectory, 'backup_label'), 'utf8')).toBe(label);
    const never = await command('orders-1', 'rewind', fromTwo(), 60_000);
    expect(never).toMatchObject({ state: 'refused', says: expect.stringContaining('never started') });
    await expectFollows();
  });

  it('is cloned once more by the same run after it was started: the original stays', async () => {
    const cloned = await command('orders-1', 'clone', fromTwo(), 60_000);
    expect(cloned).toMatchObject({ state: 'done', facts: { savedTo: `${one.dataDirectory}.aside` } });
    expect(cloned.says).not.toContain('already');
    expect(existsSync(join(`${one.dataDirectory}.aside`, 'original'))).toBe(true);
    await expectFollows();
  });

  it('whose agent was killed between the renames of a clone: it is finished when the agent starts', async () => {
    one.stop('fast');
    await agent.kill();
    await engine.gone('orders-1');
    const data = one.dataDirectory;
    const aside = `${data}.aside`;
    renameSync(data, `${data}.clone-x`);
    const marker = JSON.stringify({ verb: 'clone', from: `${data}.clone-x`, aside });
    writeFileSync(join(engine.folder, 'orders-1', 'state', 'unfinished.json'), marker);
    agent.start();
    const refused = await command('orders-1', 'start-as-standby', toTwo());
    expect(refused).toMatchObject({ state: 'refused', facts: { unfinished: 'clone' } });
    const cloned = await command('orders-1', 'clone', fromTwo(), 60_000);
    expect(cloned).toMatchObject({ state: 'done', facts: { savedTo: aside, fenced: true } });
    await expectFollows();
  });

  it('a clone that fails leaves it as it was, and running', async () => {
    const nowhere = { ...fromTwo(), port: 1 };
    const refused = await command('orders-1', 'clone', nowhere, 20_000);
    expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('Nothing of it was changed') });
    expect(await receiverPid(one)).toBeDefined();
    expect(
      readdirSync(one.folder)
        .filter((name) => name.startsWith('data'))
        .toSorted(),
    ).toEqual(['data', 'data.aside']);
  });

  it('that is frozen is told as frozen within the command’s time, and nothing of it is killed', async () => {
    const frozen = listProcesses(one.dataDirectory).map(({ pid }) => pid);
    for (const pid of frozen) process.kill(pid, 'SIGSTOP');
    const unclear = await command('orders-1', 'start-as-standby', toTwo(), 6_000);
    expect(unclear).toMatchObject({ state: 'ambiguous', says: expect.stringContaining('It is frozen') });
    expect(listProcesses(one.dataDirectory).length).toBe(frozen.length);
    for (const pid of frozen) process.kill(pid, 'SIGCONT'); // it stops now, as it was told to
    await expectFollows();
  });

  it('nothing is made of a server that leads no more, or on another timeline than was planned', async () => {
    const running = () => one.sql('SELECT pg_postmaster_start_time()::text AS since, pg_is_in_recovery() AS standby');
    const before = await running();
    for (const verb of ['rewind', 'clone']) {
      const earlier = await command('orders-1', verb, fromTwo(1), 20_000);
      expect(earlier).toMatchObject({
        state: 'refused',
        says: expect.stringContaining('is on timeline 2, planned was 1'),
      });
      const itself = await command('orders-1', verb, { ...to(one, 'orders-2'), timeline: 2 }, 20_000);
      expect(itself).toMatchObject({ state: 'refused', says: expect.stringContaining('orders-2 is in recovery') });
    }
    expect(await refusedAtLast('clone')).toContain('Nothing of it was changed');
    expect(await running()).toEqual(before);
    expect(readdirSync(one.folder).filter((name) => name.startsWith('data.clone-'))).toEqual([]);
  });

  it('a primary is neither rewound nor cloned', async () => {
    for (const verb of ['rewind', 'clone']) {
      const refused = await command('orders-2', verb, { ...to(one, 'orders-1'), timeline: 2 }, 20_000);
      expect(refused).toMatchObject({ state: 'refused', says: expect.stringContaining('is out of recovery') });
    }
    expect(await two.sql('SELECT pg_is_in_recovery() AS r')).toEqual([{ r: false }]);
  });
});

describe('a primary that was killed and had sent all it wrote', () => {
  it('needs no rewind', async () => {
    const at = await positionOf(two);
    await expect.poll(() => positionOf(one)).toBe(at);
    killAll(two);
    await promote('orders-1', one, 2);
    const rewound = await command('orders-2', 'rewind', { ...to(one, 'orders-1'), timeline: 3 }, 60_000);
    expect(rewound).toMatchObject({ state: 'done', facts: { divergedBytes: 0, controlState: 'in production' } });
    const back = await command('orders-2', 'start-as-standby', to(one, 'orders-1'), 25_000);
    expect(back).toMatchObject({ state: 'done', facts: { receiverStatus: 'streaming', timeline: 3 } });
  });
});

describe('a primary that was killed, and fenced before anybody started it', () => {
  it('is recovered without becoming writable, and rewound', async () => {
    await one.sql('DELETE FROM t');
    lost = await killDiverged();
    expect(await command('orders-1', 'fence', { proposal: 'p-2' })).toMatchObject({ state: 'done' });
    await promote('orders-2', two, 3);
    expect(await refusedAtLast('rewind', 4)).toContain('Its data is as it was');
    const rewound = await command('orders-1', 'rewind', fromTwo(4), 60_000);
    expect(rewound).toMatchObject({
      state: 'done',
      facts: { divergedFrom: lost.fork, standbySignal: true, fenced: true, postgres: 'absent' },
    });
    expect(rewound.facts.divergedBytes).toBeGreaterThanOrEqual(lsnDistanceBytes(lost.fork, lost.flushed));
    expect(await gateOfOne()).toMatchObject({ may: true, says: expect.stringContaining('starts read-only') });
    await expectFollows();
  });
});
