// Ends every process of this Postgres: fast, then immediate, then kill. A frozen one is killed as it is: thawing it could
// let it acknowledge one more commit. What is left after the last bound can't be ended (state D).
import { setTimeout as pause } from 'node:timers/promises';
import { listProcesses, readPidFile, type ServerProcess } from './processes.ts';

const LOOK_EVERY_MS = 5;

/** In ms; 0 leaves a step out. */
export type Patience = { readonly fastMs: number; readonly immediateMs: number; readonly killMs: number };
export const FENCE_PATIENCE: Patience = { fastMs: 1_000, immediateMs: 500, killMs: 4_000 };

/** The processes that are left: none when all ended. */
export async function stopAll(dataDirectory: string, patience: Patience): Promise<readonly ServerProcess[]> {
  const before = listProcesses(dataDirectory);
  if (before.length === 0) return [];
  const postmaster = before.find(({ pid }) => pid === readPidFile(dataDirectory)?.pid);
  if (postmaster && before.every(({ state }) => state !== 'T' && state !== 't')) {
    for (const [signal, withinMs] of [
      ['SIGINT', patience.fastMs],
      ['SIGQUIT', patience.immediateMs],
    ] as const) {
      if (withinMs > 0 && (await endsBy(signal, postmaster.pid, dataDirectory, withinMs))) return [];
    }
  }
  return killAll(dataDirectory, patience.killMs);
}

/** A fast stop and nothing beyond: no process is killed. The processes that are left after the bound. */
export async function stopFast(dataDirectory: string, withinMs: number): Promise<readonly ServerProcess[]> {
  const postmaster = readPidFile(dataDirectory)?.pid;
  const before = listProcesses(dataDirectory);
  if (before.some(({ pid }) => pid === postmaster) && postmaster !== undefined)
    await endsBy('SIGINT', postmaster, dataDirectory, withinMs);
  else await isDone(() => listProcesses(dataDirectory).length === 0, before.length === 0 ? 0 : withinMs);
  return listProcesses(dataDirectory);
}

async function endsBy(signal: NodeJS.Signals, pid: number, dataDirectory: string, withinMs: number): Promise<boolean> {
  send(pid, signal);
  return isDone(() => listProcesses(dataDirectory).length === 0, withinMs);
}

/** Again and again: a process that was just forked is found by the next look. */
async function killAll(dataDirectory: string, withinMs: number): Promise<readonly ServerProcess[]> {
  await isDone(() => {
    const left = listProcesses(dataDirectory);
    for (const { pid } of left) send(pid, 'SIGKILL');
    return left.length === 0;
  }, withinMs);
  return listProcesses(dataDirectory);
}

export async function isDone(
  check: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs = LOOK_EVERY_MS,
): Promise<boolean> {
  const untilMs = performance.now() + withinMs;
  while (!(await check())) {
    if (performance.now() >= untilMs) return false;
    await pause(everyMs);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; // ended meanwhile
  }
}
