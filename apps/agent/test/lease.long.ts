// A lease on a real primary: kept by the controller alone and by a standby alone, run out when neither is reached; then Postgres
// is stopped for good, and only a command lifts it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AgentConfig } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import { startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askGate } from '../src/gate.ts';
import { type Engine, startAgentBeside, startEngine, type TestAgent } from './engine.ts';

const AFTER_MS = 5_000;
let primary: TestPostgres;
let standby: TestPostgres;
let engine: Engine;
let agent: TestAgent;

beforeAll(async () => {
  [primary, engine] = await Promise.all([startTestPostgres(), startEngine()]);
  standby = await startTestStandby(primary, 'orders_2');
  const peer = { id: 'orders-2', host: '127.0.0.1', port: standby.port, user: 'postgres', database: 'postgres' };
  const change = { peers: [peer], lease: { afterMs: AFTER_MS }, gateWhenAlone: 'closed' };
  agent = startAgentBeside(engine, primary, { member: 'orders-1', change });
  await engine.listening('orders-1');
});
afterAll(async () => {
  await agent?.kill();
  engine?.end();
  standby?.end();
  primary?.end();
});

const fenceFile = () => join(engine.folder, 'orders-1', 'state', 'fence.json');
const answers = async (): Promise<boolean> => (await primary.sql('SELECT 1').catch(() => [])).length === 1;
const sees = (query: string) => standby.sql(query);

it('is seen at the standby under its own name, and told to the controller', async () => {
  const count = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'petrov-lease-orders-1'";
  await expect.poll(async () => (await sees(count))[0]?.['n'], { timeout: 20_000 }).toBe(1);
  const told = () => engine.told.findLast((seen) => seen.probe === 'host');
  expect(await engine.until(told, 'word of the host')).toMatchObject({ facts: { leaseMs: AFTER_MS, fenced: false } });
});

it('runs out when neither controller nor standby is reached, and not before', async () => {
  standby.end();
  await pause(AFTER_MS + 2_000); // longer than the lease: the controller alone keeps it
  expect(existsSync(fenceFile())).toBe(false);
  expect(await answers()).toBe(true);
  engine.close();
  const began = performance.now();
  await expect.poll(() => existsSync(fenceFile()), { timeout: 30_000 }).toBe(true);
  expect(performance.now() - began).toBeGreaterThan(AFTER_MS - 2_000);
  expect(await answers()).toBe(false);
  expect(existsSync(join(primary.dataDirectory, 'standby.signal'))).toBe(true);
  expect(await askGate(loadConfig(agent.configFile, AgentConfig))).toMatchObject({
    may: true,
    says: expect.stringContaining('read-only'),
  });
});

it('is not lifted by being in touch again, but by a command', async () => {
  await engine.open();
  await engine.listening('orders-1');
  expect(existsSync(fenceFile())).toBe(true);
  const lifted = await engine.command('orders-1', {
    id: 'run-1/unfence/1',
    verb: 'unfence',
    args: { proposal: 'p-1' },
    ttlMs: 40_000,
  });
  expect(lifted).toMatchObject({ state: 'done', says: expect.stringContaining('Postgres runs') });
  expect(await answers()).toBe(true);
});
