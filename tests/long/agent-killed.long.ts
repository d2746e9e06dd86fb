// An agent killed with -9 at any moment of a rewind or a clone: nothing that's half-way can be started, one of them succeeds
// in the end, and the member then has the new primary's data, page by page. The members swap their parts from round to round.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AgentConfig } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import { POSTGRES_BIN, startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, startAgentBeside, startEngine, type TestAgent } from '../../apps/agent/test/engine.ts';
import { peerOf, positionOf, receiverPid } from '../../apps/agent/test/members.ts';
import { askGate } from '../../apps/agent/src/gate.ts';
import { listProcesses } from '../../apps/agent/src/postgres/processes.ts';
import { AgentState } from '../../apps/agent/src/state/agent-state.ts';
import { isProgramRunning } from '../../apps/agent/src/postgres/programs.ts';

type Moment = { readonly when: 'sent' | 'recovering' | 'rewinding' | 'copying' | 'swapping'; readonly afterMs: number };
type Member = { readonly id: string; readonly server: TestPostgres; readonly agent: TestAgent };
const SETTINGS = 'wal_log_hints = on\n';
let engine: Engine;
let members: readonly [Member, Member];
let epoch = 1;
let number = 0;

beforeAll(async () => {
  const own = "primary_conninfo = 'port=1 user=postgres application_name=orders_1'\n";
  const [primary, started] = await Promise.all([startTestPostgres(SETTINGS + own), startEngine()]);
  engine = started;
  await primary.sql('CREATE TABLE t (id bigint PRIMARY KEY, text text)');
  await primary.sql("INSERT INTO t SELECT id, repeat('x', 200) FROM generate_series(1, 50000) id");
  const standby = await startTestStandby(primary, 'orders_2', SETTINGS);
  members = [beside('orders-1', primary, standby), beside('orders-2', standby, primary)];
});
afterAll(async () => {
  await Promise.all((members ?? []).map(({ agent }) => agent.kill()));
  engine?.end();
  for (const { server } of members ?? []) server.end();
});

function beside(id: string, server: TestPostgres, other: TestPostgres): Member {
  const peers = [peerOf(other, id === 'orders-1' ? 'orders-2' : 'orders-1')];
  return {
    id,
    server,
    agent: startAgentBeside(engine, server, { member: id, change: { replication: { user: 'postgres' }, peers } }),
  };
}
const send = (member: Member, verb: string, args: Record<string, unknown>, ttlMs = 60_000) =>
  engine.command(member.id, { id: `run/${verb}/${(number += 1)}`, verb, args, epoch, ttlMs });
const slotOf = ({ id }: Member) => id.replace('-', '_');
const to = ({ id, server }: Member) => ({ upstream: id, host: '127.0.0.1', port: server.port });
/** What is rewound or cloned: from this member on its timeline. */
const sourceOf = async (member: Member) => {
  const { timeline } = (await send(member, 'look', {})).facts;
  return { ...to(member), timeline };
};

/** The old primary dies with WAL that nobody else has; the other is promoted and goes on. */
async function diverge(old: Member, fresh: Member): Promise<void> {
  epoch += 1;
  await expect.poll(() => receiverPid(fresh.server), { timeout: 30_000 }).toBeDefined();
  await fresh.server.sql("ALTER SYSTEM SET primary_conninfo = 'port=1 user=postgres application_name=cut'");
  await fresh.server.sql('SELECT pg_reload_conf()');
  await expect.poll(() => receiverPid(fresh.server)).toBe(undefined);
  await old.server.sql("UPDATE t SET text = repeat('o', 200) WHERE id % 3 = 0");
  for (const { pid } of listProcesses(old.server.dataDirectory)) process.kill(pid, 'SIGKILL');
  expect(await send(old, 'fence', { proposal: `p-${epoch}` })).toMatchObject({ state: 'done' });
  const { timeline } = (await send(fresh, 'look', {})).facts;
  const args = { timeline, atLeastLsn: await positionOf(fresh.server), withinMs: 10_000 };
  expect(await send(fresh, 'promote', args)).toMatchObject({ state: 'done' });
  // It keeps the WAL that the other will need: without it a rewound member may find it removed.
  expect(await send(fresh, 'slots', { names: [slotOf(old)] })).toMatchObject({ state: 'done' });
  await fresh.server.sql("UPDATE t SET text = repeat('f', 200) WHERE id % 5 = 0");
}

/** Killed so long after that moment of it, and started again. */
async function killDuring(verb: 'rewind' | 'clone', of: { old: Member; fresh: Member } & Moment): Promise<void> {
  const { old, fresh, when, afterMs } = of;
  let isAnswered = false;
  const from = await sourceOf(fresh);
  const answered = send(old, verb, from).finally(() => {
    isAnswered = true;
  });
  void answered.catch(() => undefined); // nobody may be left to answer it
  while (!isAnswered && !isReached(old, when)) await pause(1); // some moments are short: then it dies right after them
  await pause(afterMs); // the moment of death is what is tested
  await old.agent.kill();
  await engine.gone(old.id);
  await expectNoWritableStart(old);
  old.agent.start();
  await engine.listening(old.id);
}

function isReached({ id, server }: Member, when: Moment['when']): boolean {
  if (when === 'sent') return true;
  if (when === 'copying') return readdirSync(server.folder).some((name) => name.startsWith('data.clone-'));
  const unfinished = new AgentState(join(engine.folder, id, 'state')).unfinished();
  if (unfinished === undefined) return false;
  return unfinished.verb === 'clone' ? when === 'swapping' : unfinished.stage === when;
}

async function expectNoWritableStart({ id, server }: Member): Promise<void> {
  const gate = await askGate(loadConfig(join(engine.folder, id, 'agent.yaml'), AgentConfig));
  expect(gate.may ? gate.says : 'not at all').toMatch(/starts read-only|not at all/);
  await expect(server.sql('SELECT 1')).rejects.toThrow('ECONNREFUSED');
}

async function finish(verb: 'rewind' | 'clone', old: Member, fresh: Member): Promise<void> {
  const isOver = () => !isProgramRunning('pg_rewind', old.server.dataDirectory);
  await expect.poll(isOver, { timeout: 60_000 }).toBe(true);
  const orphan = () => listProcesses(old.server.dataDirectory).length;
  if (orphan() > 0) await send(old, 'fence', { proposal: `p-${epoch}` }); // its crash recovery outlived the agent
  const from = await sourceOf(fresh);
  const again = await send(old, verb, from);
  if (again.state === 'done') return;
  const cloned = await send(old, 'clone', from);
  expect([again.says, cloned.state]).toEqual([again.says, 'done']);
}

async function expectSame(old: Member, fresh: Member): Promise<void> {
  const started = await send(old, 'start-as-standby', { ...to(fresh), slot: slotOf(old) });
  expect(started).toMatchObject({ state: 'done', facts: { receiverStatus: 'streaming' } });
  const at = await positionOf(fresh.server);
  const replayed = async () => (await old.server.sql(`SELECT pg_last_wal_replay_lsn() >= '${at}' AS r`))[0]?.['r'];
  await expect.poll(replayed, { timeout: 30_000 }).toBe(true);
  const digest = (server: TestPostgres) =>
    server.sql('SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY id)) FROM t');
  expect(await digest(old.server)).toEqual(await digest(fresh.server));
  const amcheck = [
    '-h',
    '127.0.0.1',
    '-p',
    String(fresh.server.port),
    '-U',
    'postgres',
    '--heapallindexed',
    'postgres',
  ];
  await fresh.server.sql('CREATE EXTENSION IF NOT EXISTS amcheck');
  expect(spawnSync(join(POSTGRES_BIN, 'pg_amcheck'), amcheck, { encoding: 'utf8' })).toMatchObject({ status: 0 });
}

test.each<Moment & { readonly verb: 'rewind' | 'clone' }>([
  { verb: 'rewind', when: 'sent', afterMs: 0 },
  { verb: 'rewind', when: 'recovering', afterMs: 0 },
  { verb: 'rewind', when: 'recovering', afterMs: 200 },
  { verb: 'rewind', when: 'rewinding', afterMs: 0 },
  { verb: 'rewind', when: 'rewinding', afterMs: 100 },
  { verb: 'clone', when: 'sent', afterMs: 0 },
  { verb: 'clone', when: 'copying', afterMs: 0 },
  { verb: 'clone', when: 'copying', afterMs: 300 },
  { verb: 'clone', when: 'swapping', afterMs: 0 },
])('$verb, $afterMs ms after it was $when', async ({ verb, when, afterMs }) => {
  const isFirstPrimary = (await members[0].server.sql('SELECT pg_is_in_recovery() AS r'))[0]?.['r'] === false;
  const [old, fresh] = isFirstPrimary ? members : ([members[1], members[0]] as const);
  await diverge(old, fresh);
  await killDuring(verb, { old, fresh, when, afterMs });
  await finish(verb, old, fresh);
  await expectSame(old, fresh);
});
