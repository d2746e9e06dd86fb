// A moderate load on the primary before it fails: pgbench from the client's host, so that the standbys have something to
// replay. It's tied to the primary and ends with it; the client whose first commit is measured is another one.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostProcess, Site } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';
import { getSet } from '../rig/configs.ts';
import { waitUntil } from '../wait.ts';

export const LOADS = ['idle', 'pgbench'] as const;
export type Load = (typeof LOADS)[number];

const SCALE = 2;
const CLIENTS = 4;
const RATE_TPS = 200;
const LONGEST_S = 600;
const WARM_REPORTS = 3;

/** Undefined for `idle`: then there is the client that writes each 10 ms, and nothing else. */
export async function startLoad(site: Site, cluster: string, load: Load): Promise<HostProcess | undefined> {
  if (load === 'idle') return undefined;
  const { client, binFolder } = site.description;
  const [primary] = getSet(site.description, cluster).members;
  if (primary === undefined) throw new DrillError('no-primary', `${cluster} has no member`);
  const passfile = join(site.folder, 'pgbench.pgpass');
  const password = (await readFile(client.passwordFile, 'utf8')).trim();
  await writeFile(passfile, `*:*:*:${client.role}:${password}\n`, { mode: 0o600 });
  const env = { PGPASSFILE: passfile };
  const to = ['-h', primary.addresses.app, '-p', String(primary.port), '-U', client.role, client.database];
  const pgbench = join(binFolder, 'pgbench');
  const made = await site.execIn(client.id, [pgbench, '-i', '-q', '-s', String(SCALE), ...to], {
    env,
    timeoutMs: 60_000,
  });
  if (made.code !== 0) throw new DrillError('no-load', `pgbench made no tables: ${made.stderr.trim()}`);
  const logFile = join(site.folder, 'pgbench.log');
  const how = ['-n', '-c', String(CLIENTS), '-R', String(RATE_TPS), '-T', String(LONGEST_S), '-P', '1'];
  const running = await site.spawnIn(client.id, [pgbench, ...how, ...to], { env, logFile });
  await waitUntil(async () => ((await readFile(logFile, 'utf8')).match(/^progress:/gm) ?? []).length >= WARM_REPORTS, {
    what: `${WARM_REPORTS} s of pgbench's load`,
    timeoutMs: 30_000,
    everyMs: 200,
  });
  return running;
}
