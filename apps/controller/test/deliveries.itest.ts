// Pages on a real store, to a real HTTP receiver: signed, once, at once; again when they must; whatever dies in between.
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@petrov/runtime/clock';
import { transaction } from '@petrov/runtime/postgres';
import { createRedis } from '@petrov/runtime/redis';
import { Secret } from '@petrov/runtime/secrets';
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuditKit } from '../src/audit/kit.ts';
import { createHeadMemory } from '../src/audit/head-memory.ts';
import { createAuditReader } from '../src/audit/reader.ts';
import { makeBlindMessage, sendBlindPage } from '../src/effects/blind-page.ts';
import { toPagerMessage } from '../src/pagers/index.ts';
import { createWebhook } from '../src/pagers/webhook.ts';
import { Deliveries } from '../src/queue/deliveries.ts';
import { createWaker } from '../src/queue/waker.ts';
import { migrate } from '../src/store/migrations.ts';
import { createOutboxReader, insertPages } from '../src/store/statements/outbox.ts';
import { makeConfig } from './api-harness.ts';
import { makePage } from './made.ts';
import { end, silent, startPostgres, startRedis, type TestPostgres, type TestRedis, until } from './servers.ts';

const kit = createAuditKit('petrov', createSigner(generateKeyPair().privateKeyPem));
const key = randomBytes(32);
const secret = new Secret(`whsec_${key.toString('base64')}`);
let postgres: TestPostgres;
let redis: TestRedis;
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
});
afterEach(async () => {
  for (const one of ends.splice(0).reverse()) await one();
});
afterAll(() => Promise.all([postgres.stop(), redis.remove()]));

type Received = { headers: IncomingHttpHeaders; body: string; atMs: number };
async function startHook(answer: (count: number) => { status: number; headers?: Record<string, string> }) {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body, atMs: Date.now() });
      const { status, headers } = answer(received.length);
      response.writeHead(status, headers).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { received, url: `http://127.0.0.1:${address.port}/hook` };
}

async function makeStore(): Promise<{ pool: Pool; url: string }> {
  const { pool, url } = await postgres.createDatabase();
  await migrate(pool);
  return { pool, url };
}
async function makeDeliveries(pool: Pool, url: string, onRetry: (afterMs: number) => void = () => undefined) {
  const hook = createWebhook({ id: 'hook', kind: 'webhook', url, secret: 'env:X' }, { secret, clock: systemClock });
  const config = makeConfig({ publicUrl: 'http://localhost:8833' });
  const deliveries = new Deliveries({
    pool,
    kit,
    pagers: new Map([['hook', hook]]),
    toMessage: (message) => toPagerMessage(message, config),
    onAppended: () => undefined,
    onRetry,
    clock: systemClock,
    chance: () => 0.5,
    log: silent,
  });
  ends.push(() => deliveries.stop());
  await deliveries.start();
  return deliveries;
}
const page = (pool: Pool, id: string, pagers = ['hook']) =>
  transaction(pool, (client) => insertPages(client, [makePage(id)], { pagersOf: () => pagers, nowMs: Date.now() }));
const codes = async (pool: Pool) => {
  const reader = createAuditReader({
    pool,
    kit,
    nowMs: () => 1,
    onAppended: () => undefined,
    head: createHeadMemory(),
  });
  return (await reader.page({ limit: 10 })).entries.map(({ code, says }) => `${code} ${says}`);
};
const delivered = (pool: Pool) =>
  until(async () => (await createOutboxReader(pool).waiting()).count === 0, 'the outbox to be empty');

describe('a page', () => {
  it('is sent once, signed over its bytes, at once after the commit, and recorded', async () => {
    const { pool } = await makeStore();
    const hook = await startHook(() => ({ status: 204 }));
    const deliveries = await makeDeliveries(pool, hook.url);
    await page(pool, 'e-1.raised.1');
    await page(pool, 'e-1.raised.1'); // the same page twice is one
    const committedAt = Date.now();
    deliveries.wake();
    await delivered(pool);
    expect(hook.received).toHaveLength(1);
    const [{ headers, body, atMs }] = hook.received as [Received];
    expect(atMs - committedAt).toBeLessThan(500);
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
    expect(id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(signature).toBe(
      `v1,${createHmac('sha256', key)
        .update(`${String(id)}.${String(timestamp)}.${body}`)
        .digest('base64')}`,
    );
    expect(JSON.parse(body)).toMatchObject({
      type: 'proposal.raised',
      data: {
        cluster: 'orders',
        proposal: 'p-1',
        summary: 'DECIDE: promote orders-2?',
        link: 'http://localhost:8833/proposals/p-1',
      },
    });
    expect(await codes(pool)).toEqual(['P4001 A page went out to hook: DECIDE: promote orders-2?']);
    expect(await createOutboxReader(pool).paged('p-1')).toMatchObject({
      channels: ['hook'],
      deliveredAtMs: expect.any(Number),
    });
  });

  it('is sent once however often a wake-up comes, and to whom', async () => {
    const { pool } = await makeStore();
    const hook = await startHook(() => ({ status: 204 }));
    const both = [await makeDeliveries(pool, hook.url), await makeDeliveries(pool, hook.url)];
    for (const id of ['e-1.raised.1', 'e-1.raised.2', 'e-1.raised.3']) await page(pool, id);
    for (let n = 0; n < 20; n += 1) for (const one of both) one.wake();
    await delivered(pool);
    const ids = hook.received.map(({ headers }) => String(headers['webhook-id']));
    expect([ids.length, new Set(ids).size]).toEqual([3, 3]);
  });

  it('that is not taken comes again under the same id, at the time the receiver asks for', async () => {
    const { pool } = await makeStore();
    const hook = await startHook((count) =>
      count === 1 ? { status: 503, headers: { 'retry-after': '7' } } : { status: 200 },
    );
    const again: number[] = [];
    const deliveries = await makeDeliveries(pool, hook.url, (afterMs) => again.push(afterMs));
    await page(pool, 'e-1.raised.1');
    deliveries.wake();
    await until(() => again.length === 1, 'a retry to be planned');
    expect(again).toEqual([7_000]);
    await pool.query('UPDATE outbox SET next_attempt_at_ms = 0');
    deliveries.wake();
    await delivered(pool);
    expect(hook.received.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array(2).fill(hook.received[0]?.headers['webhook-id']),
    );
  });

  it.each([
    ['410, the receiver is gone', 410],
    ['401, the secret is wrong', 401],
    ['302, it sends elsewhere', 302],
  ])('answered %s, is a fault of the configuration: given up and on the record', async (_name, status) => {
    const { pool } = await makeStore();
    const hook = await startHook(() => ({ status, headers: { location: 'http://127.0.0.1:1/' } }));
    const deliveries = await makeDeliveries(pool, hook.url);
    await page(pool, 'e-1.raised.1');
    deliveries.wake();
    await delivered(pool);
    expect(hook.received).toHaveLength(1);
    const [entry] = await codes(pool);
    expect(entry).toMatch(new RegExp(`^P4002 .*${status}.*Check the pager's configuration`));
    expect(entry).not.toContain(key.toString('base64'));
  });

  it('for a pager that was taken out of the configuration is given up', async () => {
    const { pool } = await makeStore();
    const hook = await startHook(() => ({ status: 200 }));
    const deliveries = await makeDeliveries(pool, hook.url);
    await page(pool, 'e-1.raised.1', ['old-hook']);
    deliveries.wake();
    await delivered(pool);
    expect((await codes(pool))[0]).toContain('no pager "old-hook" is configured any more');
  });

  it('whose process is killed between commit and delivery goes out once at the next start', async () => {
    const { pool, url } = await makeStore();
    const hook = await startHook(() => ({ status: 200 }));
    const child = spawn(process.execPath, [fileURLToPath(new URL('deliver-once.ts', import.meta.url))], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    await end(child, 'SIGKILL');
    expect(hook.received).toEqual([]);
    await makeDeliveries(pool, hook.url);
    await delivered(pool);
    expect(hook.received).toHaveLength(1);
  });

  it('that another process had claimed when it died is due at the next start', async () => {
    const { pool } = await makeStore();
    const hook = await startHook(() => ({ status: 200 }));
    await page(pool, 'e-1.raised.1');
    await pool.query('UPDATE outbox SET attempts = 1, next_attempt_at_ms = $1', [Date.now() + 14_000]);
    await makeDeliveries(pool, hook.url);
    await delivered(pool);
    expect(hook.received).toHaveLength(1);
  });
});

describe('redis', () => {
  const connection = (name: string) =>
    createRedis({
      url: redis.path,
      name,
      log: silent,
      maxRetriesPerRequest: null,
      offlineQueue: true,
      commandTimeoutMs: null,
    });

  it('wakes the deliveries later', async () => {
    let woken = 0;
    const waker = createWaker({
      connections: { queue: connection('q'), worker: connection('w') },
      wake: () => woken++,
      log: silent,
    });
    ends.push(() => waker.stop());
    waker.wakeLater(100);
    await until(() => woken === 1, 'the wake-up');
  });

  it('being off only slows: pages still go out, and stopping does not hang (I12)', async () => {
    await redis.stop();
    const { pool } = await makeStore();
    const hook = await startHook(() => ({ status: 200 }));
    await makeDeliveries(pool, hook.url);
    const waker = createWaker({
      connections: { queue: connection('q'), worker: connection('w') },
      wake: () => undefined,
      log: silent,
    });
    waker.wakeLater(0);
    await page(pool, 'e-1.raised.1');
    await delivered(pool); // nobody woke it: its own look each second did
    expect(hook.received).toHaveLength(1);
    const stoppedAt = performance.now();
    await waker.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(3_000);
    await redis.start();
  });
});

it('controller-blind goes out without a store, and names who was not reached', async () => {
  const hook = await startHook(() => ({ status: 200 }));
  const made = (id: string, url: string) =>
    createWebhook({ id, kind: 'webhook', url, secret: 'env:X' }, { secret, clock: systemClock });
  const message = makeBlindMessage('petrov', 'boot-1', { nowMs: 5, forMs: 10_000, why: 'no disk' });
  const abort = new AbortController();
  const sending = sendBlindPage([made('good', hook.url), made('bad', 'http://127.0.0.1:1/')], message, abort.signal);
  await until(() => hook.received.length === 1, 'the page');
  abort.abort();
  expect(await sending).toEqual(['bad']);
  expect(JSON.parse(hook.received[0]?.body ?? '')).toMatchObject({
    type: 'controller.blind',
    data: { urgency: 'high' },
  });
});
