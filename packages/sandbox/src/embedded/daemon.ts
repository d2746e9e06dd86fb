// A server of the controller's own, in a PID and mount namespace so that its end is complete. Its init is on record in
// the data folder; one that a killed run has left is ended by that record before a new one starts.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { SandboxError } from '../errors.ts';
import { ProcessIdentity, findIdentity, isAlive } from '../identity.ts';
import { endInit, enterArgv, startInit } from '../layers/unshare.ts';
import { type DatabaseUser, giveTo } from '../layers/user.ts';

const DaemonRecord = z.object({
  owner: ProcessIdentity,
  init: ProcessIdentity.nullable(),
  socketFolder: z.string(),
});
type DaemonRecord = z.infer<typeof DaemonRecord>;

/** Where the daemon's folders are mounted inside its namespace. */
export const DAEMON_INSIDE = '/run/petrov';
const SOCKET_PATH_BYTES_MAX = 107;
const KINDS = ['pid', 'mount', 'uts', 'ipc'] as const;

export interface Daemon {
  readonly folder: string;
  readonly socketFolder: string;
  readonly init: ProcessIdentity;
  /** Puts "inside its namespaces" before a command. */
  readonly enter: (argv: readonly string[]) => readonly string[];
  /** Ends whatever still runs, and takes it off the record. */
  readonly end: () => Promise<void>;
}

export interface DaemonOptions {
  readonly folder: string;
  readonly name: string;
  readonly socketName: string;
  readonly user: DatabaseUser;
}

/** What its command said, and where to read more if it came as far as writing a log. */
export function sayNotStarted(server: string, log: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const isMissing = said.includes('No such file or directory') && !existsSync(log);
  const next = isMissing ? ' Is it installed? `npm run setup` brings it.' : existsSync(log) ? ` See ${log}.` : '';
  return `Petrov's own ${server} did not start: ${said}.${next}`;
}

export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755); // its user comes in through the mount below, so the folders above it may stay closed
  await clearEmbedded(folder);
  const socketFolder = chooseSocketFolder(folder, options.socketName);
  const owner = findIdentity(process.pid);
  if (owner === undefined) throw new SandboxError('no-proc', 'this process is not in /proc: is it mounted?');
  await writeRecord(folder, { owner, init: null, socketFolder });
  const end = async (init?: ProcessIdentity): Promise<void> => {
    if (init !== undefined) await endInit(init);
    await forget(folder, socketFolder);
  };
  try {
    await mkdir(socketFolder, { mode: 0o700 });
    await mkdir(join(folder, 'socket'), { recursive: true });
    await giveTo(options.user, folder, socketFolder);
    const init = await startInit({
      hostname: options.name,
      kinds: KINDS,
      binds: [
        { from: folder, to: DAEMON_INSIDE },
        { from: socketFolder, to: `${DAEMON_INSIDE}/socket` },
      ],
      onPid: async (pid) => await writeRecord(folder, { owner, init: pid, socketFolder }),
    });
    return { folder, socketFolder, init, enter: (argv) => enterArgv(init, argv, KINDS), end: () => end(init) };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Ends what a killed run has left in this folder, by its record; refuses while its owner lives. */
export async function clearEmbedded(folder: string): Promise<void> {
  const text = await readFile(recordPath(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return;
  const left = DaemonRecord.parse(JSON.parse(text));
  if (isAlive(left.owner)) {
    throw new SandboxError('in-use', `${folder} is in use by process ${left.owner.pid}: stop that first`);
  }
  if (left.init !== null) await endInit(left.init);
  await forget(folder, left.socketFolder);
}

/** Beside the data, unless that path is too long for a unix socket; then a short one that nobody can foresee. */
function chooseSocketFolder(folder: string, socketName: string): string {
  const own = join(folder, 'socket');
  if (Buffer.byteLength(join(own, socketName)) <= SOCKET_PATH_BYTES_MAX) return own;
  return join(tmpdir(), `petrov-${randomBytes(6).toString('hex')}`);
}

async function forget(folder: string, socketFolder: string): Promise<void> {
  await rm(socketFolder, { recursive: true, force: true });
  await rm(recordPath(folder), { force: true });
}

async function writeRecord(folder: string, record: DaemonRecord): Promise<void> {
  const next = `${recordPath(folder)}.next`;
  await writeFile(next, JSON.stringify(record));
  await rename(next, recordPath(folder));
}

function recordPath(folder: string): string {
  return join(folder, 'running.json');
}
