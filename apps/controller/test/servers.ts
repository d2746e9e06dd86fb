// A Postgres and a Redis of a test's own: in a temporary folder, on unix sockets, gone with it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createPool } from '@petrov/runtime/postgres';
import type { Pool } from 'pg';
import { pino } from 'pino';

export const silent = pino({ level: 'silent' });

export type TestDatabase = {
  readonly pool: Pool;
  readonly url: string;
  /** The same store through another address. */
  readonly urlVia: (host: string, port: number) => string;
};
export type TestPostgres = {
  readonly folder: string;
  readonly port: number;
  /** A pool on a new, empty store: a schema of its own, which costs less than a database. */
  readonly createDatabase: () => Promise<TestDatabase>;
  readonly stop: () => Promise<void>;
};

export async function startPostgres(settings: readonly string[] = []): Promise<TestPostgres> {
  const bin = postgresBinaries();
  const folder = mkdtempSync(join(tmpdir(), 'petrov-pg-'));
  const user = postgresUser();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'], {
    ...user,
    cwd: folder,
    stdio: 'pipe',
  });
  const port = 5432;
  const options = ['fsync=off', 'listen_addresses=', `unix_socket_directories=${folder}`, `port=${port}`, ...settings];
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...options.flatMap((one) => ['-c', one])], {
    ...user,
    cwd: folder,
    stdio: 'ignore',
  });
  const pools: Pool[] = [];
  const superuser = createPool({
    host: folder,
    port,
    user: 'postgres',
    database: 'postgres',
    applicationName: 'test',
    log: silent,
  });
  await until(async () => (await superuser.query('SELECT 1')).rowCount === 1, 'postgres to start');
  let count = 0;
  return {
    folder,
    port,
    createDatabase: async () => {
      const name = `petrov_${++count}`;
      await superuser.query(`CREATE SCHEMA ${name}`);
      const options = encodeURIComponent(`-c search_path=${name}`);
      const urlVia = (host: string, at: number) =>
        `postgres://postgres@/postgres?host=${encodeURIComponent(host)}&port=${at}&options=${options}`;
      const url = urlVia(folder, port);
      const pool = createPool({ url, applicationName: 'test', log: silent });
      pools.push(pool);
      return { pool, url, urlVia };
    },
    stop: async () => {
      await Promise.all([...pools, superuser].map((pool) => pool.end().catch(() => undefined)));
      await end(server, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export type TestRedis = {
  readonly path: string;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  readonly remove: () => Promise<void>;
};

export async function startRedis(): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'petrov-redis-'));
  const path = join(folder, 'redis.sock');
  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder], {
      stdio: 'ignore',
    });
    await until(async () => existsSync(path), 'redis to start');
  };
  const stop = async () => {
    if (server) await end(server, 'SIGTERM');
    server = undefined;
  };
  await start();
  return {
    path,
    start,
    stop,
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

/** Asks until it's true; throws with what it waited for after `withinMs`. */
export async function until(isTrue: () => Promise<boolean> | boolean, what: string, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      last = error; // not there yet; told if it never comes
    }
    await delay(20);
  }
  throw new Error(`waited ${withinMs} ms for ${what}`, { cause: last });
}

export function postgresBinaries(): string {
  const base = '/usr/lib/postgresql';
  const version = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  if (version === undefined) throw new Error(`no Postgres under ${base}: install the postgresql package`);
  return join(base, version, 'bin');
}

/** Postgres refuses to run as root. */
export function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
