// The processes of this Postgres: the postmaster by its pid file, and every process whose working directory is the data
// directory (each backend changes to it). Killing the postmaster alone leaves backends that still acknowledge.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readIfThere } from '../state/durable.ts';

export type PidFile = {
  readonly pid: number;
  readonly sharedMemory?: { key: number; id: number } | undefined;
  readonly status: string;
};
export type ServerProcess = { readonly pid: number; readonly state: string };

/** postmaster.pid, as written by the server: pid first, shared memory seventh, status eighth. */
export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split('\n');
  const pid = z.coerce.number().int().positive().safeParse(lines[0]);
  if (!pid.success) return undefined;
  const [key, id] = (lines[6] ?? '').trim().split(/\s+/).map(Number);
  const sharedMemory =
    key !== undefined && id !== undefined && Number.isInteger(key) && Number.isInteger(id) ? { key, id } : undefined;
  return { pid: pid.data, sharedMemory, status: (lines[7] ?? '').trim() };
}

export function readPidFile(dataDirectory: string): PidFile | undefined {
  const text = readIfThere(join(dataDirectory, 'postmaster.pid'));
  return text === undefined ? undefined : parsePidFile(text);
}

/** A zombie has no working directory any more and holds nothing: it isn't listed. */
export function listProcesses(dataDirectory: string): ServerProcess[] {
  const home = statSync(dataDirectory);
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const cwd = statSync(`/proc/${name}/cwd`);
      if (cwd.dev !== home.dev || cwd.ino !== home.ino) return [];
      return [{ pid: Number(name), state: processState(Number(name)) ?? 'X' }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

/** The one letter of /proc/PID/stat after the name in brackets (which may hold anything). */
export function processState(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3);
  } catch {
    return undefined;
  }
}

/** Whether anybody still has the segment; false when it's gone. */
export function isSharedMemoryAttached(segment: { key: number; id: number } | undefined): boolean {
  if (segment === undefined) return false;
  const rows = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n').slice(1);
  return rows.some((row) => {
    const [key, id, , , , , attached] = row.trim().split(/\s+/).map(Number);
    return key === segment.key && id === segment.id && (attached ?? 0) > 0;
  });
}

/** Where recovery stands, from the startup process's title: the start of the segment that it replays. */
export function recoveryPosition(processes: readonly ServerProcess[]): string | undefined {
  for (const { pid } of processes) {
    try {
      const segment = /startup recovering [0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})/.exec(
        readFileSync(`/proc/${pid}/cmdline`, 'utf8'),
      );
      if (segment) return segmentStart(segment[1] ?? '0', segment[2] ?? '0');
    } catch {
      // it has ended meanwhile
    }
  }
  return undefined;
}

/** With segments of 16 MiB. */
function segmentStart(high: string, number: string): string {
  const low = Number.parseInt(number, 16) * 0x1000000;
  return `${Number.parseInt(high, 16).toString(16)}/${low.toString(16)}`.toUpperCase();
}
