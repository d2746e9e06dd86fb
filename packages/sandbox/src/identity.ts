// Which process is meant: a pid alone may be reused, so a record holds the pid, its start time and the machine's boot.
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { z } from 'zod';

export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  /** Field 22 of /proc/PID/stat, in clock ticks since boot. */
  startTicks: z.string(),
  bootId: z.string(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

/** The identity of a living process; undefined when there is none or it is only a zombie. */
export function findIdentity(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  if (stat === undefined || stat.state === 'Z' || stat.state === 'X') return undefined;
  return { pid, startTicks: stat.startTicks, bootId: bootId() };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identity.bootId === bootId() && findIdentity(identity.pid)?.startTicks === identity.startTicks;
}

/** SIGKILL for exactly that process; a pid that now belongs to another process is left alone. */
export function killExactly(identity: ProcessIdentity, signal: NodeJS.Signals = 'SIGKILL'): boolean {
  if (!isAlive(identity)) return false;
  return sendSignal(identity.pid, signal);
}

/** False when the process is gone already. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** All processes that live in the same PID namespace as `initPid`, as seen from here. */
export function pidsInNamespaceOf(initPid: number): readonly number[] {
  const wanted = namespaceOf(initPid);
  if (wanted === undefined) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && namespaceOf(Number(name)) === wanted)
    .map(Number);
}

/** The letter of the process's state: R, S, D, T (stopped), Z …; undefined when it is gone. */
export function stateOf(pid: number): string | undefined {
  return readStat(pid)?.state;
}

/** The parent's pid as seen from here; undefined when the process is gone. */
function parentOf(pid: number): number | undefined {
  return readStat(pid)?.parent;
}

/** The processes outside that wait for programs of this host (nsenter), which stop when what they wait for is stopped. */
export function outsideParents(init: ProcessIdentity, inside: readonly number[]): readonly number[] {
  const parents = inside.filter((pid) => pid !== init.pid).map((pid) => parentOf(pid) ?? 0);
  return parents.filter((pid) => pid > 1 && pid !== init.pid && !inside.includes(pid));
}

/** Children of a process, from its own entry in /proc. */
export function childrenOf(pid: number): readonly number[] {
  return (readProc(`/proc/${pid}/task/${pid}/children`) ?? '').split(' ').filter(Boolean).map(Number);
}

/** The pid that the process itself sees, inside the innermost PID namespace. */
export function innerPidOf(pid: number): number | undefined {
  const line = /^NSpid:\s+(.*)$/m.exec(readProc(`/proc/${pid}/status`) ?? '')?.[1];
  const last = line?.trim().split(/\s+/).at(-1);
  return last === undefined ? undefined : Number(last);
}

function namespaceOf(pid: number): string | undefined {
  return readOrGone(() => readlinkSync(`/proc/${pid}/ns/pid`));
}

function readStat(pid: number): { state: string; parent: number; startTicks: string } | undefined {
  const text = readProc(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '?', parent: Number(fields[1]), startTicks: fields[19] ?? '' };
}

function bootId(): string {
  const path = '/proc/sys/kernel/random/boot_id';
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : 'unknown';
}

function readProc(path: string): string | undefined {
  return readOrGone(() => readFileSync(path, 'utf8'));
}

function readOrGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // The process ended between two looks, or isn't ours to look at: both mean "not one of ours".
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM' || code === 'EINVAL')
      return undefined;
    throw error;
  }
}
