// The whole process: starts on empty stores, answers, says what's wrong with its configuration, ends cleanly, gives way to
// a newer one, and refuses to keep its record in a server that it guards.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateKeyPair } from '@petrov/runtime/signing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  end,
  startPostgres,
  startRedis,
  type TestDatabase,
  type TestPostgres,
  type TestRedis,
  until,
} from './servers.ts';

let postgres: TestPostgres;
let redis: TestRedis;
const folder = mkdtempSync(join(tmpdir(), 'petrov-main-'));
const children: ChildProcess[] = [];
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  writeFileSync(join(folder, 'engine.pem'), generateKeyPair().privateKeyPem);
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
});
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.remove()]);
  rmSync(folder, { recursive: true, force: true });
});

function start(
  name: string,
  store: TestDatabase,
  more: Record<string, unknown> = {},
  env: Record<string, string> = {},
) {
  const file = join(folder, `${name}.yaml`);
  const adminSocket = join(folder, `${name}.sock`);
  const config = {
    version: 1,
    name: 'petrov',
    listen: { host: '127.0.0.1', port: 0 },
    redis: { url: redis.path },
    engineKey: `file:${join(folder, 'engine.pem')}`,
    agentSocket: join(folder, `${name}-agents.sock`),
    witnesses: [],
    clusters: [],
    ...more,
  };
  writeFileSync(file, JSON.stringify(config));
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--config', file, '--admin-socket', adminSocket], {
    env: { ...process.env, DATABASE_URL: store.url, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const get = (path: string) => getFrom(adminSocket, path);
  const isUp = async () => {
    const answers = async () => (await get('/api/v1/status')).status === 200;
    await until(answers, `${name} to answer`, 60_000).catch((error: unknown) => {
      throw new Error(`it doesn't answer; it said: ${said}`, { cause: error });
    });
  };
  return { child, ended, get, isUp, said: () => said };
}

function getFrom(socketPath: string, path: string): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = request({ socketPath, path }, (response) => {
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  sent.on('error', reject);
  sent.end();
  return promise;
}

it('starts on empty stores, records it, ends cleanly at SIGTERM, and starts again on what it kept', async () => {
  const store = await postgres.createDatabase();
  const first = start('first', store);
  await first.isUp();
  expect((await first.get('/api/v1/audit?limit=10')).text).toContain('P6001');
  first.child.kill('SIGTERM');
  expect(await first.ended, first.said()).toBe(0);
  const second = start('second', store);
  await second.isUp();
  const { text } = await second.get('/api/v1/audit?limit=10');
  expect(text.match(/P600\d/g)).toEqual(['P6001', 'P6002', 'P6001']);
  expect(JSON.parse((await second.get('/api/v1/audit/verify')).text)).toMatchObject({ ok: true, entries: 3 });
});

it('ends by itself when a newer controller takes its store over', async () => {
  const store = await postgres.createDatabase();
  const older = start('older', store);
  await older.isUp();
  const newer = start('newer', store);
  await newer.isUp();
  expect(await older.ended).toBe(1);
  expect(older.said()).toContain('took it over');
});

it('names file, line and key of a mistake, and what is missing', async () => {
  const store = await postgres.createDatabase();
  const wrong = start('wrong', store, { witnesses: [{ id: 'w-a' }] });
  expect(await wrong.ended).toBe(2);
  expect(wrong.said()).toMatch(/wrong\.yaml:1:\d+: witnesses\[0\]/);
  const missing = start('missing', store, {}, { DATABASE_URL: '' });
  expect(await missing.ended).toBe(2);
  expect(missing.said()).toContain('DATABASE_URL');
});

it('refuses a store that is a member of a guarded cluster', async () => {
  const store = await postgres.createDatabase();
  const endpoint = { host: postgres.folder, port: postgres.port, user: 'postgres', database: 'postgres' };
  const members = [{ id: 'orders-1', zone: 'a', role: 'primary', replicationHost: 'x', endpoint }];
  const guarded = start('guarded', store, { clusters: [{ id: 'orders', members }] });
  expect(await guarded.ended).toBe(1);
  expect(guarded.said()).toContain('give Petrov a Postgres of its own');
});
