// Which operating system user Postgres and Redis run as: neither may be root. As root it is `postgres`, else `nobody`;
// as an ordinary user it is that user. Nothing else in the sandbox knows how the user is changed.
import { readFileSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { SandboxError } from '../errors.ts';

export interface DatabaseUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export function findDatabaseUser(): DatabaseUser {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map(parseUser);
  const wanted = process.getuid?.() === 0 ? ['postgres', 'nobody'] : [];
  for (const name of wanted) {
    const user = users.find((candidate) => candidate?.name === name);
    if (user !== undefined) return user;
  }
  const self = users.find((candidate) => candidate?.uid === process.getuid?.());
  if (self !== undefined && self.uid !== 0) return self;
  throw new SandboxError('no-user', 'Postgres needs a user of its own: create one with "useradd --system postgres"');
}

/** Puts a change of user before a command; stays the same process, so signals and exit codes pass. */
export function asUser(user: DatabaseUser, argv: readonly string[]): readonly string[] {
  if (process.getuid?.() === user.uid) return argv;
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--', ...argv];
}

export async function giveTo(user: DatabaseUser, ...paths: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  for (const path of paths) await chown(path, user.uid, user.gid);
}

function parseUser(line: string): DatabaseUser | undefined {
  const [name, , uid, gid] = line.split(':');
  return name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
}
