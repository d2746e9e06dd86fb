// Which processes are a member's Postgres: those in its host whose program is the server, orphans of a killed postmaster
// included. Agents and other programs that share the host are not among them.
import { readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ProcessIdentity, innerPidOf, pidsInNamespaceOf, stateOf } from '../identity.ts';
import type { MemberRecord } from '../site/record.ts';

export async function listServerPids(init: ProcessIdentity): Promise<readonly number[]> {
  // A zombie has no program any more, so what is listed here still holds memory or locks.
  return await listByProgram(init, SERVER);
}

/** Whether a server runs or is about to: its start command ends in these programs, one after the other. */
export async function isServerOrStarting(init: ProcessIdentity): Promise<boolean> {
  return (await listByProgram(init, [...SERVER, 'setsid', 'setpriv'])).length > 0;
}

const SERVER = ['postgres', 'postmaster'];

async function listByProgram(init: ProcessIdentity, names: readonly string[]): Promise<readonly number[]> {
  const pids = pidsInNamespaceOf(init.pid);
  const programs = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/exe`).catch(() => ''))); // ended meanwhile
  return pids.filter((_, index) => names.includes(basename(programs[index] ?? '')));
}

/** The postmaster by the pid that it has written itself; undefined when it doesn't run. */
export async function findPostmaster(init: ProcessIdentity, member: MemberRecord): Promise<number | undefined> {
  const text = await readFile(join(member.folder, 'data', 'postmaster.pid'), 'utf8').catch(() => ''); // none: stopped
  const inner = Number(text.split('\n')[0]);
  if (!Number.isInteger(inner) || inner <= 0) return undefined;
  return (await listServerPids(init)).find((pid) => innerPidOf(pid) === inner);
}

export function isFrozen(pids: readonly number[]): boolean {
  return pids.length > 0 && pids.every((pid) => ['T', 't'].includes(stateOf(pid) ?? ''));
}
