// A throw-away Postgres on 127.0.0.1, run as the user `postgres` when the test runs as root. Ending it kills what still runs
// in its data directory, and nothing else.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Target } from '../postgres/index.ts';
import { withConnection } from '../postgres/index.ts';

export const POSTGRES_BIN = '/usr/lib/postgresql/15/bin';

export type TestPostgres = {
  readonly folder: string;
  readonly dataDirectory: string;
  readonly port: number;
  /** The postmaster's pid; undefined when there is none. */
  pid(): number | undefined;
  /** The command that starts it, for a process that runs as root. */
  readonly startCommand: readonly string[];
  start(): void;
  stop(mode: 'fast' | 'immediate'): void;
  target(change?: Partial<Target>): Target;
  sql(text: string, change?: Partial<Target>): Promise<readonly Record<string, unknown>[]>;
  end(): void;
};

const hba = `local all all trust
host all wrong_password 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
`;
const settings = (folder: string, port: number) => `
listen_addresses = '127.0.0.1'
port = ${port}
unix_socket_directories = '${folder}'
fsync = off
shared_buffers = 16MB
wal_level = replica
wal_retrieve_retry_interval = 100ms
log_min_messages = info
`;

export async function startTestPostgres(extraSettings = ''): Promise<TestPostgres> {
  const server = await prepare();
  run([`${POSTGRES_BIN}/initdb`, '-D', server.dataDirectory, '-A', 'trust', '-N', '-U', 'postgres']);
  writeFileSync(join(server.dataDirectory, 'pg_hba.conf'), hba);
  appendFileSync(join(server.dataDirectory, 'postgresql.conf'), settings(server.folder, server.port) + extraSettings);
  server.start();
  return server;
}

/** A standby of `primary`, streaming under `name`. */
export async function startTestStandby(primary: TestPostgres, name: string, extraSettings = ''): Promise<TestPostgres> {
  const server = await prepare();
  const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'postgres'];
  const how = ['-D', server.dataDirectory, '-c', 'fast', '--no-sync', '-X', 'stream'];
  run([`${POSTGRES_BIN}/pg_basebackup`, ...from, ...how]);
  const conninfo = `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`;
  appendFileSync(
    join(server.dataDirectory, 'postgresql.conf'),
    `${settings(server.folder, server.port)}primary_conninfo = '${conninfo}'\n${extraSettings}`,
  );
  writeFileSync(join(server.dataDirectory, 'standby.signal'), '');
  server.start();
  return server;
}

async function prepare(): Promise<TestPostgres> {
  const folder = mkdtempSync('/tmp/petrov-pg-');
  const dataDirectory = join(folder, 'data');
  mkdirSync(dataDirectory, { mode: 0o700 });
  const owner = postgresUser();
  for (const path of [folder, dataDirectory]) chownSync(path, owner.uid, owner.gid);
  const port = await freePort();
  const pgCtl = [`${POSTGRES_BIN}/pg_ctl`, '-D', dataDirectory];
  const start = [...pgCtl, '-w', '-t', '20', '-l', join(folder, 'log'), 'start'];
  const target = (change: Partial<Target> = {}): Target => ({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    applicationName: 'test',
    ...change,
  });
  return {
    folder,
    dataDirectory,
    port,
    startCommand: owner.isMe ? start : ['/usr/sbin/runuser', '-u', 'postgres', '--', ...start],
    pid: () => readPid(dataDirectory),
    start: () => run(start),
    stop: (mode) => run([...pgCtl, '-w', '-m', mode, 'stop']),
    target,
    sql: (text, change) =>
      withConnection(target(change), { connectMs: 5_000, queryMs: 20_000 }, async (ask) => (await ask(text)).rows),
    end: () => {
      killAll(dataDirectory);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A port of loopback that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}

function run(command: readonly string[]): void {
  const { uid, gid } = postgresUser();
  const [file = '', ...args] = command;
  const done = spawnSync(file, args, { uid, gid, cwd: '/tmp', stdio: ['ignore', 'ignore', 'pipe'], timeout: 60_000 });
  if (done.status !== 0) throw new Error(`${command.join(' ')} failed: ${done.stderr.toString()}`);
}

function postgresUser(): { uid: number; gid: number; isMe: boolean } {
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  if (uid !== 0) return { uid, gid, isMe: true };
  const ask = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g'), isMe: false };
}

function readPid(dataDirectory: string): number | undefined {
  try {
    return Number(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** Waits until they're gone, at most 10 s: a dying process may still write into the folder that is removed next. */
function killAll(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 1_000; tries += 1) {
    const left = processesIn(folder);
    if (left.length === 0) return;
    for (const pid of left) sendKill(pid);
    Atomics.wait(pause, 0, 0, 10);
  }
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

function processesIn(folder: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return readlinkSync(`/proc/${name}/cwd`) === folder ? [Number(name)] : [];
    } catch {
      return []; // it has ended
    }
  });
}
