// Sessions that are kept, on a real server: the same one again while it answers, another when it's gone or stuck, one at most.
import { createPool } from '@petrov/runtime/postgres';
import { Secret } from '@petrov/runtime/secrets';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeConfig } from './api-harness.ts';
import { createReach, readMember } from '../src/drivers/facts.ts';
import { silent, startPostgres, type TestPostgres, until } from './servers.ts';

let postgres: TestPostgres;
let admin: Pool;
let reach: ReturnType<typeof createReach>;
beforeAll(async () => {
  postgres = await startPostgres();
  const { folder: host, port } = postgres;
  admin = createPool({ host, port, user: 'postgres', database: 'postgres', applicationName: 'test', log: silent });
  await admin.query('CREATE ROLE petrov_controller LOGIN CONNECTION LIMIT 4; GRANT pg_monitor TO petrov_controller');
  const endpoint = { host, port, user: 'petrov_controller', database: 'postgres' };
  const member = { id: 'orders-1', zone: 'a', role: 'primary', replicationHost: host, endpoint };
  const { clusters } = makeConfig({ clusters: [{ id: 'orders', environment: 'sandbox', members: [member] }] });
  reach = createReach(clusters, () => new Secret('none'));
});
afterAll(async () => {
  await reach.close();
  await admin.end();
  await postgres.stop();
});

const read = () => readMember(reach, 'orders', 'orders-1');
async function sessions(): Promise<number[]> {
  const { rows } = await admin.query(
    "SELECT pid FROM pg_stat_activity WHERE usename = 'petrov_controller' ORDER BY pid",
  );
  return rows.map(({ pid }) => Number(pid));
}

it('the same session is asked again, also after two were needed at once', async () => {
  expect(await read()).toMatchObject({ ok: true, facts: { inRecovery: false } });
  const first = await sessions();
  expect(first).toHaveLength(1);
  await read();
  expect(await sessions()).toEqual(first);
  expect((await Promise.all([read(), read(), read()])).every(({ ok }) => ok)).toBe(true);
  await until(async () => (await sessions()).length === 1, 'the others to be closed');
});

it('one that the server has ended is replaced within the same read', async () => {
  const [before] = await sessions();
  await admin.query('SELECT pg_terminate_backend($1, 5000)', [before]);
  expect((await read()).ok).toBe(true);
  const after = await sessions();
  expect(after).toHaveLength(1);
  expect(after).not.toContain(before);
});

it('one that is stuck is given up for a new one', async () => {
  const [stuck = 0] = await sessions();
  process.kill(stuck, 'SIGSTOP');
  try {
    expect((await read()).ok).toBe(true);
    expect((await sessions()).filter((pid) => pid !== stuck)).toHaveLength(1);
  } finally {
    process.kill(stuck, 'SIGCONT');
  }
  await until(async () => !(await sessions()).includes(stuck), 'the stuck one to end');
});

it('none is left once closed', async () => {
  await reach.close();
  await until(async () => (await sessions()).length === 0, 'the session to end');
});
