// Programs inside a host: run to the end, or started and kept. nsenter stays outside as the parent that tells the exit;
// signals go to the program itself, whose pid can't be reused while that parent hasn't reaped it.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { SandboxError } from '../errors.ts';
import { type ProcessIdentity, childrenOf, sendSignal } from '../identity.ts';
import { enterArgv } from '../layers/unshare.ts';
import { BASE_ENV } from '../run.ts';
import { waitFor } from '../wait.ts';

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard output and error are appended here, unless `stdio` says otherwise. */
  readonly logFile?: string;
  readonly stdio?: StdioOptions;
}

export interface HostExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface HostProcess {
  /** The program's pid as seen from outside. */
  readonly pid: number;
  /** For its streams and its IPC channel; its own pid is that of the parent outside. */
  readonly child: ChildProcess;
  readonly exited: Promise<HostExit>;
  /** False when it has ended. */
  kill(signal?: NodeJS.Signals): boolean;
  /** SIGTERM, then SIGKILL when it isn't gone after `graceMs` (default 5000). */
  stop(graceMs?: number): Promise<HostExit>;
}

export async function spawnInHost(
  init: ProcessIdentity,
  argv: readonly string[],
  options: SpawnOptions = {},
): Promise<HostProcess> {
  const [command = '', ...args] = enterArgv(init, argv);
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a', 0o600);
  const child = spawn(command, args, {
    env: { ...BASE_ENV, ...options.env },
    cwd: '/',
    detached: true,
    stdio: options.stdio ?? ['ignore', log ?? 'ignore', log ?? 'ignore'],
  });
  if (log !== undefined) closeSync(log);
  let exit: HostExit | undefined;
  const exited = new Promise<HostExit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve((exit = { code, signal })));
  });
  exited.catch(() => undefined); // told by the wait below and to whoever awaits `exited`
  const outer = child.pid;
  if (outer === undefined) throw new SandboxError('cannot-run', `cannot run nsenter for ${argv.join(' ')}`);
  const pid = await waitFor(async () => childrenOf(outer)[0] ?? (exit !== undefined && outer), {
    what: `${argv[0]} to start inside the host`,
    timeoutMs: 5_000,
    everyMs: 2,
  });
  const kill = (signal: NodeJS.Signals = 'SIGTERM'): boolean => exit === undefined && sendSignal(pid, signal);
  const stop = async (graceMs = 5_000): Promise<HostExit> => {
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), graceMs);
    try {
      return await exited;
    } finally {
      clearTimeout(timer);
    }
  };
  return { pid, child, exited, kill, stop };
}
