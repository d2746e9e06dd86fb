// An agent answers load balancers beside a real primary and a real standby, with no controller and a peer that is a black
// hole: who is the primary, how far behind a standby is, what a frozen, fenced, promoted server is.
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { freePort, startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentState } from '../src/state/agent-state.ts';
import { type Engine, startAgentWithin, startEngine } from './engine.ts';

let engine: Engine;
let primary: TestPostgres;
let standby: TestPostgres;
let agents: Shutdown[];
let portOne: number;
let portTwo: number;

const blackHole = { id: 'orders-9', host: '10.255.255.1', port: 5432, user: 'postgres', database: 'postgres' };
const routing = (port: number) => ({ health: { host: '127.0.0.1', port } });

beforeAll(async () => {
  [primary, engine, portOne, portTwo] = await Promise.all([startTestPostgres(), startEngine(), freePort(), freePort()]);
  standby = await startTestStandby(primary, 'orders_2');
  const peerOf = (id: string, { port }: TestPostgres) => ({ ...blackHole, id, host: '127.0.0.1', port });
  const nobody = {
    controller: 'unix:/nonexistent/agents.sock',
    peers: [blackHole, peerOf('orders-1', primary)],
  };
  const peers = [peerOf('orders-2', standby)];
  agents = [
    startAgentWithin(engine, primary, { member: 'orders-1', change: { routing: routing(portOne), peers } }),
    startAgentWithin(engine, standby, { member: 'orders-2', change: { routing: routing(portTwo), ...nobody } }),
  ];
  await engine.listening('orders-1');
});
afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.run()));
  engine.end();
  standby.end();
  primary.end();
});

type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly tookMs: number };
async function check(port: number, path: string, method = 'GET'): Promise<Answer> {
  const startedMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { connection: 'close' } }); // as a load balancer does
  const text = await response.text();
  const tookMs = performance.now() - startedMs;
  return { status: response.status, body: text === '' ? {} : JSON.parse(text), tookMs };
}
const statusOf = async (port: number, path: string) => (await check(port, path)).status;
const eventually = (port: number, path: string) => expect.poll(() => statusOf(port, path), { timeout: 20_000 });

it('tells the primary from the standby, to every method that load balancers use', async () => {
  await eventually(portTwo, '/replica').toBe(200);
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    const asked: [number, string][] = [
      [portOne, '/'],
      [portOne, '/primary'],
      [portTwo, '/primary'],
      [portOne, '/replica'],
      [portTwo, '/replica?lag=16MB'],
      [portTwo, '/health'],
    ];
    const statuses = await Promise.all(asked.map(async ([port, path]) => (await check(port, path, method)).status));
    expect(statuses, method).toEqual([200, 200, 503, 503, 200, 200]);
  }
  expect(await statusOf(portOne, '/anything')).toBe(404);
  expect((await check(portOne, '/primary', 'POST')).status).toBe(405);
  expect((await check(portOne, '/primary')).body).toMatchObject({ role: 'primary', timeline: 1, lag: null });
  expect((await check(portTwo, '/primary')).body).toMatchObject({ role: 'standby', timeline: 1, streaming: true });
});

it('hundreds of checks are one session', async () => {
  const sessions = `SELECT pid FROM pg_stat_activity WHERE application_name = 'petrov-agent-orders-1' ORDER BY pid`;
  const before = await primary.sql(sessions);
  for (let round = 0; round < 6; round += 1)
    await Promise.all(Array.from({ length: 50 }, () => check(portOne, '/primary')));
  expect(await primary.sql(sessions)).toEqual(before);
  expect(before.length).toBeLessThanOrEqual(2); // one of the checks, one of the watch over this host
});

it('a hundred who connect and say nothing don’t keep a load balancer out', async () => {
  const silent = Array.from({ length: 100 }, () => connect(portOne, '127.0.0.1').on('error', () => undefined));
  await Promise.all(silent.map((socket) => once(socket, 'connect')));
  await expect.poll(() => statusOf(portOne, '/primary').catch(() => 'shut out'), { timeout: 20_000 }).toBe(200);
  for (const socket of silent) socket.destroy();
});

it('a standby that is held back is no replica within the lag, in bytes and in time', async () => {
  await standby.sql('SELECT pg_wal_replay_pause()');
  await eventually(portTwo, '/replica?lag=0').toBe(200);
  await primary.sql('CREATE TABLE filler AS SELECT repeat($$x$$, 1000) AS x FROM generate_series(1, 2000)');
  await eventually(portTwo, '/replica?lag=1MB').toBe(503);
  expect(await statusOf(portTwo, '/replica?lag=1GB')).toBe(200);
  await eventually(portTwo, '/replica?lag=500ms').toBe(503);
  expect(await statusOf(portTwo, '/replica?lag=10min')).toBe(200);
  await standby.sql('SELECT pg_wal_replay_resume()');
  await eventually(portTwo, '/replica?lag=0').toBe(200);
});

it('a stopped postmaster is no primary, though its sessions answer; the check is answered within a second', async () => {
  const postmaster = primary.pid() ?? 0;
  process.kill(postmaster, 'SIGSTOP');
  try {
    await eventually(portOne, '/primary').toBe(503);
    expect((await check(portOne, '/primary')).tookMs).toBeLessThan(1_000);
  } finally {
    process.kill(postmaster, 'SIGCONT');
  }
  await eventually(portOne, '/primary').toBe(200);
});

it('a session that hangs is given up for a new one, within a second', async () => {
  const sessions = await primary.sql(
    "SELECT pid FROM pg_stat_activity WHERE application_name = 'petrov-agent-orders-1'",
  );
  for (const { pid } of sessions) process.kill(Number(pid), 'SIGSTOP');
  try {
    for (let round = 0; round < 3; round += 1) {
      const { status, tookMs } = await check(portOne, '/primary');
      expect(status).toBe(200);
      expect(tookMs).toBeLessThan(1_000);
      await new Promise((resolve) => setTimeout(resolve, 250)); // longer than an answer is good for
    }
  } finally {
    for (const { pid } of sessions) process.kill(Number(pid), 'SIGCONT');
  }
});

it('one that was fenced is no primary, not even when it was made writable by hand', async () => {
  const fence = { id: 'run-1/fence/1', verb: 'fence', args: { proposal: 'p-1' } };
  expect(await engine.command('orders-1', fence)).toMatchObject({ state: 'done' });
  expect(await check(portOne, '/primary')).toMatchObject({ status: 503, body: { role: 'unknown', fenced: true } });
  rmSync(join(primary.dataDirectory, 'standby.signal'));
  primary.start();
  await eventually(portOne, '/health').toBe(200);
  expect(await check(portOne, '/primary')).toMatchObject({ status: 503, body: { role: 'primary', fenced: true } });
  const unfence = { id: 'run-1/unfence/1', verb: 'unfence', args: { proposal: 'p-1' } };
  expect(await engine.command('orders-1', unfence)).toMatchObject({ state: 'done' });
  await eventually(portOne, '/primary').toBe(200);
});

it('one that a command made no primary is none, as long as its timeline isn’t newer; nor is one that is half-way rewound', async () => {
  const state = new AgentState(join(engine.folder, 'orders-1', 'state'));
  state.keepStanding({ epoch: 2, timeline: 1 });
  expect(await check(portOne, '/primary')).toMatchObject({ status: 503, body: { role: 'primary', fenced: true } });
  state.keepStanding({ epoch: 2, timeline: 0 });
  expect(await statusOf(portOne, '/primary')).toBe(200);
  state.dropStanding();
  state.keepUnfinished({ verb: 'rewind', stage: 'recovering' });
  expect(await statusOf(portOne, '/primary')).toBe(503);
  state.dropUnfinished();
  expect(await statusOf(portOne, '/primary')).toBe(200);
});

it('a standby that was promoted by hand is the primary at once; the one that went down is none', async () => {
  primary.stop('immediate');
  await eventually(portOne, '/primary').toBe(503);
  await standby.sql('SELECT pg_promote()');
  await eventually(portTwo, '/primary').toBe(200);
  expect((await check(portTwo, '/primary')).body).toMatchObject({ role: 'primary', timeline: 2 });
  expect(await statusOf(portTwo, '/replica')).toBe(503);
});

it('an old primary that is started past its gate gets nothing while another is ahead of it, which keeps all through a restart', async () => {
  primary.start();
  await eventually(portOne, '/health').toBe(200);
  expect(await check(portOne, '/primary')).toMatchObject({ status: 503, body: { role: 'primary', timeline: 1 } });
  expect(await statusOf(portTwo, '/primary')).toBe(200);
  standby.stop('fast');
  expect(await statusOf(portOne, '/primary')).toBe(503);
  standby.start();
  await eventually(portTwo, '/health').toBe(200);
  const { status, tookMs } = await check(portTwo, '/primary');
  expect(status).toBe(200);
  expect(tookMs).toBeLessThan(1_000);
});
