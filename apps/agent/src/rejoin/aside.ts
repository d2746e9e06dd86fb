// What is put aside before a rewind overwrites it: the WAL that only this member has, and its configuration. It's the only
// copy of what was never replicated, so nothing of it is ever deleted here; the folder has a bound instead.
import { existsSync, mkdirSync, readdirSync, statfsSync, statSync } from 'node:fs';
import { copyFile, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sayBytes } from '@petrov/core/assessment';
import { type Lsn, lsnBytes } from '@petrov/core/cluster';
import type { AgentConfig } from '@petrov/core/wire';
import { saveConfiguration } from '../postgres/configuration.ts';
import { listSegments } from '../postgres/timelines.ts';
import { syncFile, syncFolder } from '../state/durable.ts';

const SPARE_BYTES = 64 * 1024 ** 2;

export type Aside =
  | { readonly ok: true; readonly savedTo: string; readonly savedBytes: number }
  | { readonly ok: false; readonly why: string };
export type Diverged = { readonly from: Lsn; readonly end: Lsn | undefined; readonly segmentBytes: number };

/** `name` is the folder's own, of this try. */
export async function putAside(config: AgentConfig, name: string, diverged: Diverged): Promise<Aside> {
  const { dataDirectory, stateDirectory, asideBytesMax } = config;
  const all = join(stateDirectory, 'aside');
  const first = lsnBytes(diverged.from) / BigInt(diverged.segmentBytes);
  const last = diverged.end && lsnBytes(diverged.end) / BigInt(diverged.segmentBytes);
  const segments = listSegments(dataDirectory, diverged.segmentBytes).filter(({ startsAt }) => {
    const number = startsAt / BigInt(diverged.segmentBytes);
    return number >= first && (last === undefined || number <= last);
  });
  const walBytes = segments.length * diverged.segmentBytes;
  const kept = existsSync(all) ? bytesBelow(all) : 0;
  if (kept + walBytes > asideBytesMax) {
    return {
      ok: false,
      why: `${sayBytes(walBytes)} of its WAL would be put aside, ${sayBytes(kept)} are in ${all} already and at most ${sayBytes(asideBytesMax)} may be: clear it, or raise asideBytesMax`,
    };
  }
  const disk = statfsSync(stateDirectory);
  if (disk.bavail * disk.bsize < walBytes + SPARE_BYTES)
    return { ok: false, why: `there is no room in ${stateDirectory} to put ${sayBytes(walBytes)} of its WAL aside` };
  const savedTo = join(all, name);
  mkdirSync(join(savedTo, 'pg_wal'), { recursive: true, mode: 0o700 });
  for (const segment of segments) {
    const copy = join(savedTo, 'pg_wal', segment.name);
    await copyFile(join(dataDirectory, 'pg_wal', segment.name), copy);
    syncFile(copy);
  }
  const configurationBytes = saveConfiguration(dataDirectory, join(savedTo, 'configuration'));
  for (const folder of [join(savedTo, 'pg_wal'), savedTo, all]) syncFolder(folder);
  return { ok: true, savedTo, savedBytes: walBytes + configurationBytes };
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** The size of a whole data directory, without standing still meanwhile. */
export async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await folderBytes(path) : (await lstat(path)).size;
  }
  return bytes;
}
