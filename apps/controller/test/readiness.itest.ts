// Readiness on a real primary with a real standby and a third that nobody answers for: what is gathered, what the API and
// the command line make of it, and that nothing of a secret leaves a server.
import { Readable } from 'node:stream';
import { initialState, viewCluster } from '@petrov/core/engine';
import { resolvePolicy } from '@petrov/core/cluster';
import { ReadinessView, type ControllerConfig } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { Secret } from '@petrov/runtime/secrets';
import { generateKeyPair, sha256Hex } from '@petrov/runtime/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCli } from '../../cli/src/cli.ts';
import { run as runCli } from '../../cli/src/run.ts';
import { createReach } from '../src/drivers/facts.ts';
import { createReadiness } from '../src/readiness/index.ts';
import { readProofs } from '../src/readiness/read-proofs.ts';
import { makeConfig, startTestApi, type TestApi } from './api-harness.ts';
import { makeProposal, makeRun, makeStep } from './made.ts';
import { startPair } from './pair.ts';
import { until } from './servers.ts';

const SECRET = 'planted-secret';
let pair: Awaited<ReturnType<typeof startPair>>;
let config: ControllerConfig;
let made: TestApi;
beforeAll(async () => {
  pair = await startPair();
  config = configOf(pair);
  await prepare();
  made = await startTestApi(pair, config);
});
afterAll(async () => {
  await made?.stop();
  await pair.stop();
});

function configOf({ folder, ports }: typeof pair): ControllerConfig {
  const member = (id: string, role: string, port: number) => ({
    id,
    zone: id,
    role,
    replicationHost: folder,
    endpoint: { host: folder, port, user: 'petrov_controller', database: 'postgres' },
    agent: { publicKey: generateKeyPair().publicKey },
  });
  const members = [
    member('orders-1', 'primary', ports.primary),
    member('orders-2', 'standby', ports.standby),
    member('orders-3', 'standby', 9),
  ];
  return makeConfig({ clusters: [{ id: 'orders', environment: 'sandbox', members }] });
}

/** What a failover would cost here: a backup's slot, unlogged tables in two databases, and no hints for a rewind. */
async function prepare(): Promise<void> {
  const { admin, standby, folder, ports } = pair;
  await admin.query(`SELECT pg_create_physical_replication_slot('barman', true)`);
  await admin.query('CREATE UNLOGGED TABLE cache (id int)');
  await admin.query('CREATE DATABASE hr');
  await admin.query('REVOKE CONNECT ON DATABASE hr FROM PUBLIC');
  await admin.query(`CREATE TABLE heartbeat (witness text PRIMARY KEY, at timestamptz NOT NULL)`);
  await admin.query(`INSERT INTO heartbeat VALUES ('petrov_w_a', now()), ('petrov_w_b', now() - interval '5 minutes')`);
  await admin.query('GRANT SELECT ON heartbeat TO petrov_controller');
  const conninfo = `host=${folder} port=${ports.primary} user=postgres password=${SECRET} application_name=orders_2`;
  await standby.query(`ALTER SYSTEM SET primary_conninfo = '${conninfo}'`);
  await standby.query(`ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (orders_1, orders_3)'`);
  await standby.query('SELECT pg_reload_conf()');
  await until(
    async () =>
      (
        await standby.query(
          `SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming' AND conninfo LIKE '%orders_2%'`,
        )
      ).rowCount === 1,
    'the standby to stream by its new settings',
  );
}

/** As the engine sees it when orders-2 would be promoted; without witnesses it would not say so itself. */
function viewOf() {
  const clusters = config.clusters.map((cluster) => ({ ...cluster, policy: resolvePolicy(cluster.policy) }));
  const state = initialState({ witnesses: [], clusters, hash: sha256Hex }, { clusters: [], proposals: [], runs: [] });
  const view = viewCluster(state, 'orders', systemClock.nowMs());
  return { ...view, ifItCameToIt: { candidate: 'orders-2', says: '', ranking: [], fence: '' } };
}

async function gather() {
  const reach = createReach(config.clusters, () => new Secret('none'));
  const readiness = createReadiness({ reach, clock: systemClock, records: { runs: async () => [] }, witnesses: 2 });
  const [view, again] = await Promise.all([readiness(viewOf()), readiness(viewOf())]);
  expect(again.atMs, 'asked at once, it is one question').toBe(view.atMs);
  return view;
}

const told = (view: ReadinessView) =>
  Object.fromEntries(view.checks.map(({ id, state, says }) => [id, `${state}: ${says}`]));

describe('readiness', () => {
  it('says what each server would cost or hinder, and what nobody could read', async () => {
    const view = await gather();
    expect(told(view)).toMatchObject({
      candidate: 'ok: orders-2 would be promoted now.',
      'replay-blockers': expect.stringMatching(/^unknown: orders-3: .+\.$/),
      'standby-settings': expect.stringMatching(/^unknown: orders-3: /),
      'sync-names': expect.stringMatching(
        /^costs: orders-2 would wait for 1 of its listed standbys, and nobody is left/,
      ),
      'physical-slots': expect.stringMatching(/Whose slots these are at orders-1 isn’t known: barman \(not used now\)/),
      rewind: expect.stringMatching(/^costs: orders-1 has neither data checksums nor wal_log_hints/),
      'logical-slots': 'ok: orders-1 has no logical slot.',
      'idle-slots': expect.stringMatching(/^unknown: At orders-1: barman holds back .* of WAL\. orders-3: /),
      'unlogged-tables': 'costs: 1 unlogged table is empty after a failover.',
      'prepared-transactions': 'ok: orders-1 has no prepared transaction.',
      archive: 'ok: orders-1 archives no WAL: a failover leaves no gap.',
      heartbeats: expect.stringMatching(
        /^costs: 1 of 2 witnesses write a heartbeat \(last: petrov_w_b 5:0\d min ago\)/,
      ),
    });
    expect(JSON.stringify(view)).not.toContain(SECRET);
  });

  it('sees replay paused at the one that would be promoted', async () => {
    await pair.standby.query('SELECT pg_wal_replay_pause()');
    try {
      const { checks } = await gather();
      expect(checks.find(({ id }) => id === 'replay-blockers')).toMatchObject({
        state: 'fails',
        says: expect.stringContaining('Replay is paused at orders-2'),
        toDo: expect.stringContaining('pg_wal_replay_resume()'),
      });
    } finally {
      await pair.standby.query('SELECT pg_wal_replay_resume()');
    }
  });

  it('finds in the journals when a fence was last proven', async () => {
    const run = makeRun('r-1', makeProposal('p-1', { state: 'executing', run: 'r-1' }));
    const step = makeStep('fence', 'orders-1');
    const done = {
      type: 'done',
      step: step.id,
      attempt: 1,
      says: '',
      facts: {},
      atMs: Date.now() - 3_600_000,
    } as const;
    const fenced = { ...run, plan: { ...run.plan, steps: [step] }, journal: [done] };
    const found = await readProofs({ runs: async () => [{ run: fenced }, { run }] }, 'orders');
    expect(found).toEqual({
      ok: true,
      value: [{ member: 'orders-1', method: run.plan.fence.method, atMs: done.atMs }],
    });
    expect(await readProofs({ runs: async () => [{ run: fenced }] }, 'billing')).toEqual({ ok: true, value: [] });
  });

  it('is answered by the API to whoever is signed in', async () => {
    const path = '/api/v1/clusters/orders/readiness';
    expect((await made.ask(path)).status).toBe(401);
    const { status, body } = await made.ask(path, { cookie: await made.signIn('viewer') });
    expect(status).toBe(200);
    expect(told(ReadinessView.parse(body))['rewind']).toMatch(/^costs/);
    expect((await made.ask('/api/v1/clusters/none/readiness', { cookie: await made.signIn('viewer') })).status).toBe(
      404,
    );
  });

  it('is printed at a terminal, the worst first, and exits with 1 when something fails', async () => {
    const text = await cli('readiness', 'orders');
    expect(text.code).toBe(1);
    expect(text.out).toMatch(/^orders: A failover would not go well: /);
    expect(text.out).toMatch(/\nFAILS +Candidate: Nobody could take over: .*\n +See why/);
    expect(text.out.indexOf('costs')).toBeGreaterThan(text.out.indexOf('FAILS'));
    expect(text.err).toContain('petrov: A failover of orders would not go well: Candidate');
    const json = await cli('readiness', 'orders', '--json');
    expect(ReadinessView.parse(JSON.parse(json.out)).cluster).toBe('orders');
  });
});

async function cli(...args: string[]) {
  const kept = { out: '', err: '' };
  const settings = {
    root: made.folder,
    osUser: 'ada',
    out: { write: (text: string) => (kept.out += text) },
    err: { write: (text: string) => (kept.err += text) },
    input: Readable.from([]),
  };
  return { code: await runCli(args, makeCli(settings)), ...kept };
}
