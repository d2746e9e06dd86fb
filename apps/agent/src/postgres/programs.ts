// Runs a program of Postgres's installation as the user that owns the data directory: the server's own programs refuse to
// run as root. Each run is bounded; one that goes beyond is killed with everything that it started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { sayDuration } from '@petrov/core/assessment';
import type { AgentConfig } from '@petrov/core/wire';
import { explain } from '../verb.ts';

const SAID_LINES_MAX = 200;

export type Programs = Pick<AgentConfig, 'binDirectory' | 'dataDirectory' | 'configFile'>;
export type Ran = {
  readonly ok: boolean;
  /** Standard output and error, its last lines. */
  readonly lines: readonly string[];
  /** Why it failed, in one line. */
  readonly why: string;
};
export type RunOptions = {
  readonly withinMs: number;
  readonly onLine?: (line: string) => void;
  readonly env?: Readonly<Record<string, string>>;
};

export async function runProgram(
  { binDirectory, dataDirectory }: Programs,
  [program = '', ...args]: readonly string[],
  { withinMs, onLine, env }: RunOptions,
): Promise<Ran> {
  const { uid, gid } = statSync(dataDirectory);
  const lines: string[] = [];
  const child = spawn(join(binDirectory, program), args, {
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    cwd: '/',
    env: { ...process.env, ...env, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, so that all of it can be ended
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.push(line) > SAID_LINES_MAX) lines.shift();
      onLine?.(line);
    });
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, withinMs);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    const last = lines.findLast((line) => /error|fatal|panic/i.test(line)) ?? lines.at(-1) ?? '';
    const how = isLate ? `not done within ${sayDuration(withinMs)}` : `ended with ${code ?? signal}`;
    return { ok: code === 0, lines, why: `${program} ${how}${last === '' ? '' : `: ${last.trim().slice(0, 400)}`}` };
  } catch (error) {
    return { ok: false, lines, why: `${program} can't be run: ${explain(error)}` };
  } finally {
    clearTimeout(timer);
  }
}

export type Setting = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly why: string };

/** A setting as the server would have it from its files; empty when it's not set. Works while the server is down. */
export async function readSetting(config: Programs, name: string): Promise<Setting> {
  const from = config.configFile === undefined ? [] : ['-c', `config_file=${config.configFile}`];
  const ran = await runProgram(config, ['postgres', '-D', config.dataDirectory, ...from, '-C', name], {
    withinMs: 5_000,
  });
  if (!ran.ok) return { ok: false, why: `the setting ${name} can't be read: ${ran.why}` };
  return { ok: true, value: ran.lines.at(-1) ?? '' };
}

/** Whether such a program works upon this data directory: one that outlived the agent that began it. */
export function isProgramRunning(program: string, dataDirectory: string): boolean {
  return readdirSync('/proc').some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const isIt = words.slice(0, 2).some((word) => basename(word) === program); // a script's name comes second
      return isIt && words.includes(dataDirectory);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}
