// A moderate load of writes before, during and after the fault: pgbench from the client's host, in laps, each to whoever takes
// writes. Between approval and commit its clients knock at every member; after it they write beside the client that is measured.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Site } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';
import { getSet } from '../rig/configs.ts';
import { waitUntil } from '../wait.ts';

export const LOADS = ['idle', 'pgbench'] as const;
export type Load = (typeof LOADS)[number];

export type RunningLoad = {
  /** Resolves when it writes again, after what was measured; else it was no load of that. */
  readonly waitUntilBack: () => Promise<void>;
};

const SCALE = 2;
const CLIENTS = 4;
const RATE_TPS = 200;
/** Sessions at a frozen server never end: a lap that takes longer than it should is killed. */
const LAP_S = 2;
const LAP_ENDS_WITHIN_S = 3;
const WARM_REPORTS = 3;
const LAPS = `while :; do timeout --kill-after=1 ${LAP_ENDS_WITHIN_S} "$@"; sleep 0.1; done`;

/** For `idle` there is the client that writes each 10 ms, and nothing else. */
export async function startLoad(site: Site, cluster: string, load: Load): Promise<RunningLoad> {
  if (load === 'idle') return { waitUntilBack: async () => undefined };
  const { client, binFolder } = site.description;
  const [primary, ...standbys] = getSet(site.description, cluster).members;
  if (primary === undefined) throw new DrillError('no-primary', `${cluster} has no member`);
  const passfile = join(site.folder, 'pgbench.pgpass');
  const password = (await readFile(client.passwordFile, 'utf8')).trim();
  await writeFile(passfile, `*:*:*:${client.role}:${password}\n`, { mode: 0o600 });
  const env = { PGPASSFILE: passfile, PGCONNECT_TIMEOUT: '2' };
  // The primary comes last: one that answers nothing must not keep them from the one after it.
  const members = [...standbys, primary];
  const hosts = members.map(({ addresses }) => addresses.app).join(',');
  const ports = members.map(({ port }) => port).join(',');
  const to = `host=${hosts} port=${ports} user=${client.role} dbname=${client.database} target_session_attrs=read-write`;
  const pgbench = join(binFolder, 'pgbench');
  const made = await site.execIn(client.id, [pgbench, '-i', '-q', '-s', String(SCALE), to], { env, timeoutMs: 60_000 });
  if (made.code !== 0) throw new DrillError('no-load', `pgbench made no tables: ${made.stderr.trim()}`);
  const logFile = join(site.folder, 'pgbench.log');
  const how = ['-n', '-c', String(CLIENTS), '-R', String(RATE_TPS), '-T', String(LAP_S), '-P', '1'];
  await site.spawnIn(client.id, ['sh', '-c', LAPS, 'laps', pgbench, ...how, to], { env, logFile });
  const seeMore = async (reports: number): Promise<void> => {
    const wanted = countReports(await readFile(logFile, 'utf8')) + reports;
    await waitUntil(async () => countReports(await readFile(logFile, 'utf8')) >= wanted, {
      what: `${reports} s of pgbench's load`,
      timeoutMs: 30_000,
      everyMs: 200,
    });
  };
  await seeMore(WARM_REPORTS);
  return { waitUntilBack: async () => await seeMore(1) };
}

/** Seconds in which it wrote. */
export function countReports(log: string): number {
  return (log.match(/^progress: .*?, (?!0\.0 )[\d.]+ tps/gm) ?? []).length;
}
