// Each standby has a long query that reads a table, and the WAL to be replayed next wants that table alone: replay waits
// for the query, for as long as it lasts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { getSet } from '../rig/configs.ts';
import { runSql } from '../rig/psql.ts';
import { waitUntil } from '../wait.ts';
import type { Disturbance, Stage } from './disturbance.ts';

const TABLE = 'read_for_long';
const DATABASE = 'app';

export const blockReplay = {
  name: 'block-replay',
  summary: 'a query on each standby blocks its replay until it is ended',
  apply: async (stage) => {
    const { site, cluster } = stage.rig.parts;
    const { members } = await site.status();
    const ids = getSet(site.description, cluster).members.map(({ id }) => id);
    const primary = members.find(({ id, role }) => ids.includes(id) && role === 'primary')?.id ?? '';
    await runSql(site, primary, `CREATE TABLE ${TABLE} AS SELECT 1 AS n`, { database: DATABASE });
    const standbys = ids.filter((id) => id !== primary);
    await Promise.all(standbys.map(async (id) => await readForLong(stage, id)));
    await runSql(site, primary, `TRUNCATE ${TABLE}`, { database: DATABASE });
    await Promise.all(standbys.map(async (id) => await seeBlocked(stage, id)));
  },
} as const satisfies Disturbance;

async function readForLong({ rig, sessions }: Stage, id: string): Promise<void> {
  const { site } = rig.parts;
  for (const kind of ['streaming', 'archive'])
    await runSql(site, id, `ALTER SYSTEM SET max_standby_${kind}_delay = -1`, {});
  await runSql(site, id, 'SELECT pg_reload_conf()', {});
  const isThere = async (): Promise<boolean> =>
    (await runSql(site, id, `SELECT to_regclass('${TABLE}')`, { database: DATABASE })) === TABLE;
  await waitUntil(isThere, { what: `${TABLE} to arrive at ${id}`, timeoutMs: 10_000 });
  const [command = '', ...args] = site.psqlArgv(id);
  const session = spawn(command, [...args, '-X', '-q', '-d', DATABASE], { stdio: ['pipe', 'pipe', 'ignore'] });
  sessions.set(`replay/${id}`, session);
  session.stdin.write(`BEGIN; SELECT n FROM ${TABLE};\n`);
  await once(session.stdout, 'data');
}

async function seeBlocked({ rig }: Stage, id: string): Promise<void> {
  const waits = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'startup' AND wait_event_type = 'Lock'";
  const isBlocked = async (): Promise<boolean> => (await runSql(rig.parts.site, id, waits, {})) !== '0';
  await waitUntil(isBlocked, { what: `the replay of ${id} to wait for a lock`, timeoutMs: 10_000 });
}
