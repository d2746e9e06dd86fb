// A stopped data directory with all roles, databases and tables, made once per Postgres version, and copies of it that
// are systems of their own: a new system identifier is written into pg_control and pg_resetwal begins a fresh WAL for it.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { ProcessIdentity, findIdentity, isAlive } from '../identity.ts';
import { type DatabaseUser, asUser, giveTo } from '../layers/user.ts';
import { runOk } from '../run.ts';
import type { PostgresBinaries } from './binaries.ts';
import { TEMPLATE_SQL } from './schema.ts';

const INSIDE_BUILD = '/run/template';

/** The folder of the template's data directory; made now if this version has none. Several processes may ask at once. */
export async function ensureTemplate(root: string, postgres: PostgresBinaries, user: DatabaseUser): Promise<string> {
  const templates = join(root, 'templates');
  const script = buildScript(postgres, user);
  const digest = createHash('sha256').update(script).digest('hex').slice(0, 8);
  const wanted = join(templates, `postgresql-${postgres.version}-${digest}`);
  if (existsSync(wanted)) return wanted;
  await mkdir(templates, { recursive: true });
  await clearUnfinished(templates);
  const self = findIdentity(process.pid);
  const unfinished = join(templates, `unfinished.${self?.pid}.${self?.startTicks}.${randomBytes(3).toString('hex')}`);
  await mkdir(unfinished);
  await chmod(unfinished, 0o755);
  await giveTo(user, unfinished);
  try {
    await runOk([...CONTAINED, 'sh', '-c', script, 'template', unfinished], { timeoutMs: 120_000 });
    await rename(join(unfinished, 'data'), wanted).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process was faster: the same
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return wanted;
}

export interface IdentityTools {
  readonly postgres: PostgresBinaries;
  /** Puts "as the database's user, where the target can be reached" before a command. */
  readonly asOwner: (argv: readonly string[]) => readonly string[];
  /** The target's path as such a command sees it. */
  readonly targetInside: string;
}

/** Makes a copy of the template a system of its own. Answers the system identifier. */
export async function giveIdentity(target: string, tools: IdentityTools): Promise<string> {
  const identifier = newSystemIdentifier();
  const control = join(target, 'global', 'pg_control');
  await writeIdentifier(control, identifier);
  // The checksum no longer fits, which pg_resetwal says and, with --force, writes anew together with an empty WAL.
  await runOk(tools.asOwner([join(tools.postgres.folder, 'pg_resetwal'), '--force', '-D', tools.targetInside]));
  if ((await readFile(control)).readBigUInt64LE(0) !== identifier) {
    throw new SandboxError('no-identity', `pg_resetwal did not take the new system identifier in ${target}`);
  }
  return String(identifier);
}

/** The system identifier is the first field of pg_control in every version. */
async function writeIdentifier(control: string, identifier: bigint): Promise<void> {
  const file = await open(control, 'r+');
  try {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(identifier);
    await file.write(bytes, 0, 8, 0);
  } finally {
    await file.close();
  }
}

/** As Postgres makes it: seconds since 1970 in the upper half; the lower half is chance here. */
function newSystemIdentifier(): bigint {
  return (BigInt(Math.floor(Date.now() / 1000)) << 32n) | BigInt(randomBytes(4).readUInt32LE());
}

/** Ends with its caller: the change of user happens below the namespace's init, so the init keeps its death signal. */
const CONTAINED =
  'setpriv --pdeathsig KILL -- unshare --pid --mount --ipc --uts --fork --kill-child --propagation private'.split(' ');

function buildScript(postgres: PostgresBinaries, user: DatabaseUser): string {
  const as = (...argv: readonly string[]): string => asUser(user, argv).join(' ');
  const data = `${INSIDE_BUILD}/data`;
  const single = as(`${postgres.folder}/postgres`, '--single', '-j', '-c', 'exit_on_error=true', '-D', data);
  const feeds = TEMPLATE_SQL.map(
    ({ database, statements }) => `${single} ${database} >/dev/null <<'SQL'\n${statements.join(';\n\n')};\n\nSQL`,
  );
  return `set -e
mount -t proc proc /proc
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mkdir ${INSIDE_BUILD}
mount --bind "$1" ${INSIDE_BUILD}
cd ${INSIDE_BUILD}
${as(`${postgres.folder}/initdb`, '-D', data, '-U', 'postgres', '-A', 'reject', '--no-sync', '--no-instructions', '-E', 'UTF8', '--locale=C')} >&2
${feeds.join('\n')}
rm -f ${data}/pg_wal/0*
`;
}

/** What a process that was killed while it made a template has left; its identity is part of the folder's name. */
async function clearUnfinished(templates: string): Promise<void> {
  for (const name of await readdir(templates)) {
    const [kind, pid, startTicks] = name.split('.');
    if (kind !== 'unfinished') continue;
    const bootId = findIdentity(process.pid)?.bootId;
    const maker = ProcessIdentity.safeParse({ pid: Number(pid), startTicks, bootId }).data;
    if (maker !== undefined && !isAlive(maker)) await rm(join(templates, name), { recursive: true, force: true });
  }
}
