// pg_rewind by the words that it says (in the C locale). A rehearsal changes nothing.
import { Lsn } from '@petrov/core/cluster';
import type { AgentConfig } from '@petrov/core/wire';
import { type Ran, readSetting, type RunOptions, runProgram } from '../postgres/programs.ts';
import type { Progress } from '../progress.ts';
import type { Source } from './source.ts';

export type Rehearsed =
  | { readonly is: 'needed'; readonly divergedFrom: Lsn }
  | { readonly is: 'not-needed' }
  | { readonly is: 'impossible'; readonly why: string };

export async function rehearseRewind(config: AgentConfig, source: Source, withinMs: number): Promise<Rehearsed> {
  const ran = await pgRewind(config, source, { withinMs, more: ['--dry-run'] });
  if (!ran.ok) return { is: 'impossible', why: ran.why };
  return parseRehearsal(ran.lines);
}

export function parseRehearsal(lines: readonly string[]): Rehearsed {
  const said = lines.join('\n');
  if (said.includes('no rewind required')) return { is: 'not-needed' };
  const at = Lsn.safeParse(/servers diverged at WAL location ([0-9A-F]+\/[0-9A-F]+)/i.exec(said)?.[1]);
  if (at.success) return { is: 'needed', divergedFrom: at.data };
  return { is: 'impossible', why: `pg_rewind doesn't say where the servers diverged: ${lines.at(-1) ?? ''}` };
}

export function sayRewinding(member: string): string {
  return `An earlier pg_rewind of ${member} still runs: wait for its end on that host, then resume or ask again.`;
}

/** Undefined when it's done; else why not. */
export async function runRewind(
  config: AgentConfig,
  source: Source,
  of: { readonly withinMs: number; readonly progress: Progress },
): Promise<string | undefined> {
  const { withinMs, progress } = of;
  const ran = await pgRewind(config, source, {
    withinMs,
    more: ['--progress'],
    onLine: (line) => progress.read(line),
  });
  return ran.ok ? undefined : ran.why;
}

async function pgRewind(
  config: AgentConfig,
  source: Source,
  { more, ...options }: RunOptions & { readonly more: readonly string[] },
): Promise<Ran> {
  const { dataDirectory, configFile } = config;
  const restore = await readSetting(config, 'restore_command');
  if (!restore.ok) return { ok: false, lines: [], why: restore.why };
  const where = configFile === undefined ? [] : [`--config-file=${configFile}`];
  const fromArchive = restore.value === '' ? [] : ['--restore-target-wal', ...where];
  const args = ['-D', dataDirectory, `--source-server=${source.conninfo}`, '--no-ensure-shutdown', ...fromArchive];
  return runProgram(config, ['pg_rewind', ...args, ...more], options);
}
