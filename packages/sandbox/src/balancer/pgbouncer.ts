// PgBouncer of the distribution in the site's balancer host. Where its clients go stands in a file of its own: whoever moves
// them writes that file and says RELOAD on its admin console. It ends with its host at the latest.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { asUser, findDatabaseUser, giveTo } from '../layers/user.ts';
import type { HostProcess } from '../site/host-process.ts';
import type { Site } from '../site/site.ts';

const PROGRAM = '/usr/sbin/pgbouncer';
const ADMIN = 'petrov_hook';
export const PGBOUNCER_PORT = 6_432;

/** Known before it runs: the paths and the connection string are for those who will point it elsewhere. */
export interface BouncerPlace {
  readonly targetFile: string;
  /** Of its admin console, the password by reference to a file. */
  readonly admin: string;
}

export interface RunningBouncer {
  readonly process: HostProcess;
  readonly address: string;
  readonly port: number;
  readonly logFile: string;
}

export function bouncerPlace(site: Site): BouncerPlace {
  const folder = join(site.folder, 'pgbouncer');
  const { address } = site.description.balancer;
  return {
    targetFile: join(folder, 'target.ini'),
    admin: `host=${address} port=${PGBOUNCER_PORT} dbname=pgbouncer user=${ADMIN} passfile=${join(folder, 'admin.pgpass')}`,
  };
}

/** `target`: the address of the `app` network that it begins with. */
export async function startPgbouncer(
  site: Site,
  target: { readonly host: string; readonly port: number },
): Promise<RunningBouncer> {
  if (!existsSync(PROGRAM)) {
    throw new SandboxError('no-pgbouncer', `there is no ${PROGRAM}: install it with "apt-get install pgbouncer"`);
  }
  const { balancer, client } = site.description;
  const folder = join(site.folder, 'pgbouncer');
  const path = (name: string): string => join(folder, name);
  const logFile = path('pgbouncer.log');
  const adminPassword = randomBytes(12).toString('hex');
  const clientPassword = (await readFile(client.passwordFile, 'utf8')).trim();
  const user = findDatabaseUser();
  await mkdir(folder, { mode: 0o700 });
  const { targetFile } = bouncerPlace(site);
  const files: readonly (readonly [string, string])[] = [
    [targetFile, `${client.database} = host=${target.host} port=${target.port} dbname=${client.database}\n`],
    [path('pgbouncer.ini'), configuration({ targetFile, usersFile: path('users.txt') })],
    [path('users.txt'), `"${client.role}" "${clientPassword}"\n"${ADMIN}" "${adminPassword}"\n`],
  ];
  for (const [file, text] of files) await writeFile(file, text, { mode: 0o600 });
  await giveTo(user, folder, ...files.map(([file]) => file));
  await writeFile(path('admin.pgpass'), `*:*:*:${ADMIN}:${adminPassword}\n`, { mode: 0o600 });
  await chmod(folder, 0o711);
  const argv = asUser(user, [PROGRAM, path('pgbouncer.ini')]);
  const started = await site.spawnIn(balancer.id, argv, { logFile });
  return { process: started, address: balancer.address, port: PGBOUNCER_PORT, logFile };
}

/** Clients wait seconds, not minutes, for a target that is gone. */
function configuration(of: { readonly targetFile: string; readonly usersFile: string }): string {
  return `[databases]
%include ${of.targetFile}
[pgbouncer]
listen_addr = *
listen_port = ${PGBOUNCER_PORT}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${of.usersFile}
admin_users = ${ADMIN}
pool_mode = session
server_connect_timeout = 2
server_login_retry = 1
query_wait_timeout = 5
ignore_startup_parameters = extra_float_digits,statement_timeout
`;
}
