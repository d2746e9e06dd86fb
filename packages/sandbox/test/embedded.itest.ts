// The controller's own stores: data outlasts a stop and a kill of the owner, sockets only, nothing stays behind.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clearEmbedded, startEmbeddedPostgres, startEmbeddedRedis } from '../src/index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-test-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: statement, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

async function startByOwner(program: string): Promise<ReturnType<typeof spawn>> {
  const source = `import * as s from '${import.meta.dirname}/../src/index.ts'; ${program}; console.log('up'); setInterval(() => {}, 60000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(owner.stdout!, 'data');
  return owner;
}

test('Postgres keeps its data over a stop and over a kill of its owner', async () => {
  const data = join(folder, 'store');
  const first = await startEmbeddedPostgres({ folder: data });
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
  expect(await query(first.superuserUrl, "SELECT current_user, current_setting('listen_addresses')")).toEqual([
    ['postgres', ''],
  ]);
  await expect(startEmbeddedPostgres({ folder: data })).rejects.toThrow(`in use by process ${process.pid}`);
  await first.stop();
  const owner = await startByOwner(`await s.startEmbeddedPostgres({ folder: '${data}' })`);
  const left = JSON.parse(await readFile(join(data, 'running.json'), 'utf8')) as { init: { pid: number } };
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  expect(existsSync(`/proc/${left.init.pid}`)).toBe(true);
  const second = await startEmbeddedPostgres({ folder: data });
  expect(existsSync(`/proc/${left.init.pid}`)).toBe(false);
  expect(await query(second.url, 'SELECT current_user, one FROM kept')).toEqual([['petrov', 1]]);
  await second.stop();
  expect(existsSync(join(data, 'running.json'))).toBe(false);
});

test('one that does not start says what its command said, and names its log', async () => {
  const broken = join(folder, 'broken');
  await (await startEmbeddedPostgres({ folder: broken })).stop();
  await writeFile(join(broken, 'data', 'PG_VERSION'), '9\n');
  await expect(startEmbeddedPostgres({ folder: broken })).rejects.toThrow(
    /Postgres did not start: .*exited with 1: .*See \/.*\/postgres\.log\./s,
  );
  expect(existsSync(join(broken, 'running.json'))).toBe(false);
});

test('Redis answers over its socket, in a folder too deep for a socket, and is cleared when its owner was killed', async () => {
  const deep = join(folder, 'd'.repeat(90));
  const redis = await startEmbeddedRedis({ folder: deep });
  expect(Buffer.byteLength(redis.socketPath)).toBeLessThan(107);
  const socket = connect(redis.socketPath);
  socket.write('PING\r\n');
  expect(String((await once(socket, 'data'))[0])).toBe('+PONG\r\n');
  socket.destroy();
  await redis.stop();
  expect(existsSync(redis.socketPath)).toBe(false);
  const owner = await startByOwner(`await s.startEmbeddedRedis({ folder: '${deep}' })`);
  const left = JSON.parse(await readFile(join(deep, 'running.json'), 'utf8')) as {
    init: { pid: number };
    socketFolder: string;
  };
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await clearEmbedded(deep);
  expect([existsSync(`/proc/${left.init.pid}`), existsSync(left.socketFolder)]).toEqual([false, false]);
});
