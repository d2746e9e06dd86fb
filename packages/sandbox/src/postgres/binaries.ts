// Finds the newest installed Postgres server, version and binaries. Members of a site all run the same one.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { runOk } from '../run.ts';

const DEBIAN_FOLDER = '/usr/lib/postgresql';
const OTHER_FOLDERS = ['/usr/local/pgsql/bin', '/usr/local/bin', '/usr/bin'];

export interface PostgresBinaries {
  readonly folder: string;
  /** For example "15.18". */
  readonly version: string;
}

export async function findPostgres(): Promise<PostgresBinaries> {
  const versions = existsSync(DEBIAN_FOLDER) ? readdirSync(DEBIAN_FOLDER) : [];
  const newestFirst = versions.toSorted((left, right) => Number(right) - Number(left));
  const folders = [...newestFirst.map((version) => join(DEBIAN_FOLDER, version, 'bin')), ...OTHER_FOLDERS];
  const folder = folders.find((candidate) => existsSync(join(candidate, 'initdb')));
  if (folder === undefined) {
    throw new SandboxError('no-postgres', 'no Postgres server is installed: apt-get install postgresql (14 or newer)');
  }
  const said = await runOk([join(folder, 'postgres'), '--version']);
  return { folder, version: /(\d+(?:\.\d+)*)/.exec(said)?.[1] ?? 'unknown' };
}
