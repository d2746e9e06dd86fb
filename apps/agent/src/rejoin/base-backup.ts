// A base backup into a new folder beside the data directory, verified against its manifest. A folder's name is used once: a
// pg_basebackup that outlived its agent must never write into the next one's.
import { chownSync, lstatSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AgentConfig } from '@petrov/core/wire';
import { runProgram } from '../postgres/programs.ts';
import type { Progress } from '../progress.ts';
import { explain } from '../verb.ts';
import { checkSource, type Source } from './source.ts';

export type Backup = { readonly ok: true; readonly folder: string } | { readonly ok: false; readonly why: string };

/** Why a copy beside it can't take its place; undefined when it can. */
export function whyNoSwap(dataDirectory: string): string | undefined {
  if (readdirSync(join(dataDirectory, 'pg_tblspc')).length > 0) return 'it has tablespaces outside its data directory';
  if (lstatSync(join(dataDirectory, 'pg_wal')).isSymbolicLink()) return 'its pg_wal is a link to elsewhere';
  if (lstatSync(dataDirectory).isSymbolicLink()) return 'its data directory is a link to elsewhere';
  if (statSync(dataDirectory).dev !== statSync(dirname(dataDirectory)).dev)
    return 'its data directory is a file system of its own, where no other folder can take its place';
  return undefined;
}

export async function makeBackup(
  config: AgentConfig,
  source: Source,
  of: { readonly timeline: number; readonly leftMs: () => number; readonly progress: Progress },
): Promise<Backup> {
  const { dataDirectory } = config;
  let folder: string | undefined;
  try {
    await removeLeftovers(dataDirectory);
    const ready = await checkSource(config, source, of);
    if (!ready.ok) return ready;
    folder = mkdtempSync(`${dataDirectory}.clone-`);
    const { uid, gid } = statSync(dataDirectory);
    chownSync(folder, uid, gid);
    const how = ['-X', 'stream', '-c', 'fast', '--progress', '--no-password', '--label', 'petrov clone'];
    const copied = await runProgram(config, ['pg_basebackup', '-D', folder, '-d', source.conninfo, ...how], {
      withinMs: of.leftMs(),
      onLine: (line) => of.progress.read(line),
    });
    const failed = copied.ok ? await findWrong(config, source, { ...of, folder }) : copied.why;
    if (failed === undefined) return { ok: true, folder };
    await rm(folder, { recursive: true, force: true });
    return { ok: false, why: failed };
  } catch (error) {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    return { ok: false, why: explain(error) };
  }
}

/** The copy may have taken hours: its source must be the planned primary still. */
async function findWrong(
  config: AgentConfig,
  source: Source,
  of: { readonly folder: string; readonly timeline: number; readonly leftMs: () => number },
): Promise<string | undefined> {
  const verified = await runProgram(config, ['pg_verifybackup', '--quiet', of.folder], { withinMs: of.leftMs() });
  if (!verified.ok) return verified.why;
  const still = await checkSource(config, source, of);
  return still.ok ? undefined : still.why;
}

/** Of tries that ended half-way. */
async function removeLeftovers(dataDirectory: string): Promise<void> {
  const prefix = `${basename(dataDirectory)}.clone-`;
  const beside = dirname(dataDirectory);
  for (const name of readdirSync(beside)) {
    if (name.startsWith(prefix)) await rm(join(beside, name), { recursive: true, force: true });
  }
}
