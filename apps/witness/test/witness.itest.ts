// A whole witness as a process: signed batches on its stream, fresh looks on a question, no backlog after a break of Redis,
// a clean end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Sighting } from '@petrov/core/observation';
import { LOOK_STREAM, ObservationBatch, observationStream } from '@petrov/core/wire';
import { createLog } from '@petrov/runtime/log';
import { createRedis, type Redis } from '@petrov/runtime/redis';
import { generateKeyPair, verifySignature } from '@petrov/runtime/signing';
import {
  freePort,
  startTestPostgres,
  startTestRedis,
  type TestPostgres,
  type TestRedis,
} from '@petrov/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { heartbeatTable } from './watching.ts';

const keys = generateKeyPair();
const folder = mkdtempSync('/tmp/petrov-witness-');
const peer = createServer((socket) => socket.end('w-b\n'));
let postgres: TestPostgres;
let redisServer: TestRedis;
let redis: Redis;
let witness: ChildProcess;

beforeAll(async () => {
  [postgres, redisServer] = await Promise.all([startTestPostgres(), startTestRedis()]);
  await postgres.sql('CREATE DATABASE petrov');
  await postgres.sql(heartbeatTable, { database: 'petrov' });
  redis = createRedis({ url: redisServer.url, name: 'test', log: createLog('test', 'silent') });
  await once(redis, 'ready');
  const [door, peerPort] = [await freePort(), await freePort()];
  peer.listen(peerPort, '127.0.0.1');
  writeFileSync(join(folder, 'key.pem'), keys.privateKeyPem);
  const endpoint = { host: '127.0.0.1', port: postgres.port, user: 'postgres', database: 'petrov' };
  const config = {
    version: 1,
    id: 'w-a',
    zone: 'a',
    redis: redisServer.url,
    key: `file:${join(folder, 'key.pem')}`,
    gateway: { host: '127.0.0.1', port: await freePort() },
    listen: { host: '127.0.0.1', port: door },
    peers: [
      { id: 'w-b', host: '127.0.0.1', port: peerPort },
      { id: 'w-c', host: '127.0.0.1', port: await freePort() },
    ],
    clusters: [{ id: 'orders', members: [{ id: 'orders-1', zone: 'a', role: 'primary', endpoint }] }],
  };
  writeFileSync(join(folder, 'witness.yaml'), JSON.stringify(config)); // JSON is YAML
  witness = spawn(process.execPath, ['apps/witness/src/main.ts', '--config', join(folder, 'witness.yaml')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PETROV_LOG: 'error' },
  });
});
afterAll(async () => {
  witness?.kill('SIGKILL');
  redis?.disconnect();
  peer.close();
  await redisServer?.end();
  postgres?.end();
  rmSync(folder, { recursive: true });
});

async function batches(): Promise<ObservationBatch[]> {
  const entries = await redis.xrange(observationStream('w-a'), '-', '+');
  return entries.map(([, fields]) => {
    const [, batch = '', , signature = ''] = fields;
    expect(verifySignature(keys.publicKey, batch, signature)).toBe(true);
    return ObservationBatch.parse(JSON.parse(batch));
  });
}
const observations = async () => (await batches()).flatMap((batch) => batch.observations);
const find = async (isWanted: (one: Sighting) => boolean) => (await observations()).find(isWanted);

it('reports each probe, and itself, in signed batches that count up', async () => {
  for (const probe of ['tcp', 'sql', 'write', 'wal-senders', 'self'] as const) {
    await expect
      .poll(() => find((one) => one.probe === probe && one.outcome === 'ok'), { timeout: 8_000 })
      .toBeDefined();
  }
  expect(await find((one) => one.probe === 'self')).toMatchObject({
    cluster: 'orders',
    facts: { gateway: 'ok', peers: ['w-b'] },
  });
  const all = await batches();
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, n) => n + 1));
  expect(new Set(all.map(({ bootId }) => bootId)).size).toBe(1);
});

it('a question is answered at once, with its nonce', async () => {
  const askedMs = performance.now();
  await redis.xadd(LOOK_STREAM, '*', 'look', JSON.stringify({ v: 1, cluster: 'orders', nonce: 'n-1', forMs: 0 }));
  for (const probe of ['sql', 'write']) {
    await expect
      .poll(() => find((one) => one.probe === probe && one.nonce === 'n-1'), { timeout: 2_000, interval: 20 })
      .toBeDefined();
  }
  expect(performance.now() - askedMs).toBeLessThan(900);
});

it('keeps no backlog while Redis is away: the newest of each comes after, with how long it was gone', async () => {
  process.kill(redisServer.pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 3_000)); // the length of the break is what is tested
  process.kill(redisServer.pid, 'SIGCONT');
  await expect.poll(async () => (await batches()).find(({ gapMs }) => gapMs > 800), { timeout: 8_000 }).toBeDefined();
  const after = (await batches()).find(({ gapMs }) => gapMs > 800);
  const keysOf = (after?.observations ?? []).map(
    (one) => `${one.probe}/${one.probe === 'sql' ? one.facts?.session : ''}/${one.nonce}`,
  );
  expect(new Set(keysOf).size).toBe(keysOf.length);
});

it('a killed server is told as refused within a second, then looked at 5 times a second', async () => {
  const pid = postgres.pid() ?? 0;
  const killedMs = performance.now();
  process.kill(pid, 'SIGKILL');
  await expect
    .poll(() => find((one) => one.probe === 'sql' && one.outcome === 'refused'), { timeout: 3_000, interval: 20 })
    .toBeDefined();
  expect(performance.now() - killedMs).toBeLessThan(1_000);
  const count = async () =>
    (await observations()).filter((one) => one.probe === 'tcp' && one.outcome === 'refused').length;
  await expect.poll(count, { timeout: 2_500 }).toBeGreaterThanOrEqual(7);
});

it('ends cleanly on SIGTERM', async () => {
  const ended = once(witness, 'exit');
  witness.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
