// An agent that tries its logins at another member, before they are needed: without a line in pg_hba.conf, with a wrong
// password, without the rights of a rewind, and once all is mended. What it tells is what readiness says.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkReadiness } from '@petrov/core/readiness';
import type { LoginFacts, Sighting } from '@petrov/core/observation';
import { AgentConfig } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import type { Shutdown } from '@petrov/runtime/shutdown';
import { startTestPostgres, startTestStandby, type TestPostgres } from '@petrov/runtime/testing';
import { membersWithLogin, READY_AT, readyFacts } from '@petrov/sim/cases';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tryLogins } from '../src/logins/try-logins.ts';
import { type Engine, startAgentWithin, startEngine } from './engine.ts';
import { peerOf } from './members.ts';

const ALL_WELL = { follow: { isOk: true }, clone: { isOk: true }, rewind: { isOk: true } };
let engine: Engine;
let one: TestPostgres;
let two: TestPostgres;
let agent: Shutdown | undefined;

beforeAll(async () => {
  [one, engine] = await Promise.all([startTestPostgres(), startEngine()]);
  await one.sql("CREATE ROLE copier LOGIN REPLICATION PASSWORD 'right'");
  await one.sql("CREATE ROLE follower LOGIN REPLICATION PASSWORD 'secret-of-one'");
  two = await startTestStandby(one, 'orders_2');
  const conninfo = `host=127.0.0.1 port=1 user=follower password=secret-of-one application_name=orders_1`;
  await one.sql(`ALTER SYSTEM SET primary_conninfo = '${conninfo}'`);
});
afterAll(async () => {
  await agent?.run();
  engine?.end();
  two?.end();
  one?.end();
});

/** Who may log in at orders-2; of the rest of it nothing changes. */
async function letIn(lines: readonly string[]): Promise<void> {
  const loaded = async () => String((await two.sql('SELECT pg_conf_load_time()::text AS at'))[0]?.['at']);
  const before = await loaded();
  const file = join(two.dataDirectory, 'pg_hba.conf');
  writeFileSync(file, ['local all all trust', 'host all postgres 127.0.0.1/32 trust', ...lines, ''].join('\n'));
  await two.sql('SELECT pg_reload_conf()');
  await expect.poll(loaded).not.toBe(before);
}
const configOf = () => loadConfig(join(engine.folder, 'orders-1', 'agent.yaml'), AgentConfig);
const tryThem = () => tryLogins(configOf(), peerOf(two, 'orders-2'));
const readinessOf = (found: LoginFacts['peers'][string]) =>
  checkReadiness(readyFacts({}, { members: membersWithLogin('orders-1', 'orders-2', found), nowMs: READY_AT })).find(
    ({ id }) => id === 'logins',
  );

describe('the logins at another member', () => {
  it('that lets nobody in for replication: the agent tells each with the server’s reason, and readiness fails', async () => {
    await letIn(['host all all 127.0.0.1/32 trust']);
    const change = { peers: [peerOf(two, 'orders-2')], replication: { user: 'copier' } };
    agent = startAgentWithin(engine, one, { member: 'orders-1', change });
    const ofLogins = (seen: Sighting) => seen.probe === 'host' && seen.facts.logins !== undefined;
    const told = await engine.until(() => engine.told.find(ofLogins), 'the agent to tell of its logins');
    const found = told.probe === 'host' ? told.facts.logins?.peers['orders-2'] : undefined;
    const says = expect.stringContaining('no pg_hba.conf entry for replication connection');
    expect(found).toMatchObject({ follow: { isOk: false, says }, clone: { isOk: false, says } });
    expect(found?.rewind).toEqual({
      isOk: false,
      says: expect.stringMatching(/^its role lacks EXECUTE on pg_ls_dir\(text, boolean, boolean\), pg_stat_file/),
    });
    expect(readinessOf(found ?? {})).toMatchObject({
      state: 'fails',
      says: expect.stringMatching(/orders-1 could not follow orders-2: no pg_hba\.conf entry.* could not rewind it/),
    });
    expect(JSON.stringify(engine.told)).not.toContain('secret-of-one');
  });

  it('that asks for another password: said so', async () => {
    await one.sql("ALTER ROLE follower PASSWORD 'another'");
    await letIn(['host replication follower 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 trust']);
    await expect
      .poll(async () => (await tryThem()).follow)
      .toEqual({
        isOk: false,
        says: 'password authentication failed for user "follower"',
      });
  });

  it('with the lines and the grants of the documentation: all is well, and readiness is ok', async () => {
    await one.sql("ALTER ROLE follower PASSWORD 'secret-of-one'");
    const page = readFileSync('docs/your-own-clusters.md', 'utf8');
    const [, grants = ''] = /(GRANT EXECUTE ON FUNCTION [\s\S]*?) TO replicator;/.exec(page) ?? [];
    await one.sql(`${grants} TO copier`);
    await letIn([
      'host replication follower 127.0.0.1/32 scram-sha-256',
      'host replication,postgres copier 127.0.0.1/32 trust',
    ]);
    await expect.poll(tryThem, { timeout: 20_000 }).toEqual(ALL_WELL);
    expect(readinessOf(await tryThem())).toMatchObject({ state: 'ok' });
    expect((await two.sql("SELECT FROM pg_stat_activity WHERE application_name ~ 'petrov-login'")).length).toBe(0);
  });

  it('that is down: told within the bound', async () => {
    two.stop('fast');
    expect((await tryThem()).follow).toMatchObject({ isOk: false, says: expect.stringMatching(/refused/) });
  });
});
