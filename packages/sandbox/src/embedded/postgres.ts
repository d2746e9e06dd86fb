// The controller's own Postgres when no DATABASE_URL is given: the system's binaries, data kept in a folder, reached
// over a unix socket only. Who may open the socket's folder (its user and root) may connect under every role.
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from '../errors.ts';
import { asUser, findDatabaseUser, giveTo } from '../layers/user.ts';
import { findPostgres } from '../postgres/binaries.ts';
import { queryRows } from '../postgres/query.ts';
import { run, runOk } from '../run.ts';
import { pidsInNamespaceOf } from '../identity.ts';
import { waitFor } from '../wait.ts';
import { DAEMON_INSIDE, type Daemon, sayNotStarted, startDaemon } from './daemon.ts';

export interface EmbeddedOptions {
  /** Kept between runs. */
  readonly folder: string;
}

export interface EmbeddedPostgres {
  /** Database `petrov` as its owner, the role `petrov`. */
  readonly url: string;
  /** The same database as superuser. */
  readonly superuserUrl: string;
  readonly socketFolder: string;
  /** Ends the server at once, as a crash does, and leaves the rest as it is. */
  pause(): Promise<void>;
  /** Starts it again, with what was committed. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const CONF = `listen_addresses = ''
unix_socket_directories = '${DAEMON_INSIDE}/socket'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 64MB
cluster_name = 'petrov-store'
log_min_messages = warning
`;
const LOCALE = ['-E', 'UTF8', '--locale=C'];
const HBA = 'local all all trust\n';

export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const user = findDatabaseUser();
  const postgres = await findPostgres();
  const daemon = await startDaemon({ folder: options.folder, name: 'petrov-store', socketName: '.s.PGSQL.5432', user });
  const data = join(daemon.folder, 'data');
  const inside = `${DAEMON_INSIDE}/data`;
  const tool = (name: string, ...args: readonly string[]): readonly string[] =>
    daemon.enter(asUser(user, [join(postgres.folder, name), '-D', inside, ...args]));
  const log = `--log=${DAEMON_INSIDE}/postgres.log`;
  const start = async (): Promise<unknown> =>
    await runOk(tool('pg_ctl', 'start', '--wait', '--timeout=60', log, '--silent'), { timeoutMs: 90_000 });
  let synced: Promise<unknown> = Promise.resolve();
  try {
    const isFresh = !existsSync(join(data, 'PG_VERSION'));
    if (isFresh) {
      await rm(data, { recursive: true, force: true }); // an initdb that was cut short
      await runOk(tool('initdb', '-U', 'postgres', '-A', 'trust', '--no-sync', '--no-instructions', ...LOCALE), {
        timeoutMs: 120_000,
      });
    }
    await writeFile(join(data, 'postgresql.conf'), CONF);
    await writeFile(join(data, 'pg_hba.conf'), HBA);
    await giveTo(user, join(data, 'postgresql.conf'), join(data, 'pg_hba.conf'));
    // The namespace that this file's pid belonged to is known to be gone, and pids repeat in a new one.
    await rm(join(data, 'postmaster.pid'), { force: true });
    await start();
    await createDatabase(daemon.socketFolder);
    // What initdb has made goes to the disk while the first run is under way already.
    if (isFresh) synced = run(tool('initdb', '--sync-only'), { timeoutMs: 120_000 });
  } catch (error) {
    await daemon.end();
    throw new SandboxError('no-store', sayNotStarted('Postgres', join(daemon.folder, 'postgres.log'), error), error);
  }
  const host = encodeURIComponent(daemon.socketFolder);
  return {
    url: `postgres://petrov@localhost/petrov?host=${host}`,
    superuserUrl: `postgres://postgres@localhost/petrov?host=${host}`,
    socketFolder: daemon.socketFolder,
    pause: async () => {
      await synced;
      await runOk(tool('pg_ctl', 'stop', '--mode=immediate', '--wait', '--timeout=20', '--silent'), {
        timeoutMs: 30_000,
      });
    },
    resume: async () => {
      await start();
    },
    stop: async () => {
      await synced;
      await stopServer(daemon, tool('pg_ctl', 'stop', '--mode=fast', '--wait', '--timeout=20', '--silent'));
    },
  };
}

async function createDatabase(socketFolder: string): Promise<void> {
  const target = { socketFolder, port: 5432, timeoutMs: 10_000 };
  const roles = await queryRows(target, "SELECT 1 FROM pg_roles WHERE rolname = 'petrov'");
  if (roles.length === 0) await queryRows(target, 'CREATE ROLE petrov LOGIN CREATEROLE');
  const databases = await queryRows(target, "SELECT 1 FROM pg_database WHERE datname = 'petrov'");
  if (databases.length === 0) await queryRows(target, 'CREATE DATABASE petrov OWNER petrov');
}

async function stopServer(daemon: Daemon, stopArgv: readonly string[]): Promise<void> {
  if (pidsInNamespaceOf(daemon.init.pid).length > 1) {
    await runOk(stopArgv, { timeoutMs: 30_000 }).catch(() => undefined); // what is left then ends with its namespace
  }
  await waitFor(async () => pidsInNamespaceOf(daemon.init.pid).length <= 1, {
    what: 'the last processes of the store',
    timeoutMs: 5_000,
  }).catch(() => undefined);
  await daemon.end();
}
