// What this host says of itself: whether Postgres runs, is frozen, starts or is gone; disk, link, load.
import { statfs } from 'node:fs/promises';
import { loadavg, networkInterfaces, uptime } from 'node:os';
import { Lsn } from '@petrov/core/cluster';
import type { Sighting } from '@petrov/core/observation';
import type { AgentConfig } from '@petrov/core/wire';
import { listProcesses, processState, readPidFile, recoveryPosition } from '../postgres/processes.ts';

export type HostFacts = Extract<Sighting, { probe: 'host' }>['facts'];
export type PostgresState = HostFacts['postgres'];

/** A process is stuck in the kernel (state D) for moments all the time; this long it's frozen. */
const STUCK_MS = 3_000;

export type PostmasterWatch = { readonly state: PostgresState; readonly stuckSinceMs?: number | undefined };

/** Pure: the state from the pid file's word and the process's letter. */
export function judgePostmaster(
  seen: { readonly letter: string | undefined; readonly status: string },
  before: PostmasterWatch | undefined,
  nowMs: number,
): PostmasterWatch {
  const { letter, status } = seen;
  if (letter === undefined || letter === 'Z' || letter === 'X') return { state: 'absent' };
  if (letter === 'T' || letter === 't') return { state: 'stopped' };
  const running = status === 'starting' ? 'starting' : 'running';
  if (letter !== 'D') return { state: running };
  const stuckSinceMs = before?.stuckSinceMs ?? nowMs;
  return { state: nowMs - stuckSinceMs >= STUCK_MS ? 'stopped' : running, stuckSinceMs };
}

export function lookAtPostmaster(dataDirectory: string): { letter: string | undefined; status: string } {
  const pidFile = readPidFile(dataDirectory);
  return { letter: pidFile === undefined ? undefined : processState(pidFile.pid), status: pidFile?.status ?? '' };
}

export async function readHostFacts(config: AgentConfig, postgres: PostgresState): Promise<HostFacts> {
  const disk = await statfs(config.dataDirectory);
  const position = postgres === 'starting' ? recoveryPosition(listProcesses(config.dataDirectory)) : undefined;
  const recoveryLsn = Lsn.safeParse(position);
  return {
    postgres,
    diskFreeRatio: Math.round((disk.bavail / Math.max(1, disk.blocks)) * 1_000) / 1_000,
    link: Object.values(networkInterfaces()).some((list) => list?.some((one) => !one.internal)) ? 'up' : 'down',
    load1: loadavg()[0] ?? 0,
    uptimeS: Math.round(uptime()),
    ...(recoveryLsn.success ? { recoveryLsn: recoveryLsn.data } : {}),
  };
}
