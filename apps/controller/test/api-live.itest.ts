// The live line: who may watch, what is told, and that it ends with the session. It carries no decision. Beside it: a
// sandbox's controller, its demo operator and its proxy.
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeConfig, startTestApi, type TestApi, tokenOf } from './api-harness.ts';
import { startPostgres, type TestPostgres } from './servers.ts';

let postgres: TestPostgres;
let made: TestApi;
let sandbox: Server;
const asked: { path: string; body: string }[] = [];
const sockets: Socket[] = [];
const view = { site: 'demo', members: [{ id: 'orders-1', postgres: 'running' }], faults: [], active: [] };

beforeAll(async () => {
  postgres = await startPostgres();
  const sandboxSocket = join(postgres.folder, 'sandbox.sock');
  sandbox = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      asked.push({ path: `${request.method} ${request.url}`, body });
      response.setHeader('content-type', 'application/json');
      response.statusCode = body.includes('unknown') ? 400 : 200;
      const error = { error: { code: 'unknown-fault', message: 'There is no such fault.' } };
      response.end(JSON.stringify(response.statusCode === 400 ? error : view));
    });
  });
  await new Promise<void>((resolve) => sandbox.listen(sandboxSocket, resolve));
  made = await startTestApi(postgres, makeConfig({ sandboxSocket }));
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await made?.stop();
  await new Promise((resolve) => sandbox.close(resolve));
  await postgres.stop();
});

type Given = { cookie?: string; origin?: string; transports?: string[] };
function connect({ cookie, origin = `http://127.0.0.1:${made.api.port}`, transports = ['websocket'] }: Given): Socket {
  const extraHeaders = { origin, ...(cookie === undefined ? {} : { cookie }) };
  const socket = io(`http://127.0.0.1:${made.api.port}`, {
    path: '/live',
    transports,
    extraHeaders,
    reconnection: false,
  });
  sockets.push(socket);
  return socket;
}
function next(socket: Socket, event: string, withinMs = 50_000): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} within ${withinMs} ms`)), withinMs);
    socket.once(event, (content: unknown) => {
      clearTimeout(timer);
      resolve(content);
    });
  });
}

describe('the live line', () => {
  it('lets nobody in without a session or from another origin', async () => {
    const cookie = await made.signIn('viewer');
    for (const given of [
      {},
      { cookie: cookie.replace(/=.*/, '=made-up') },
      { cookie, origin: 'http://evil.example' },
    ]) {
      for (const transports of [['websocket'], ['polling']]) {
        await expect(next(connect({ ...given, transports }), 'connect_error')).resolves.toBeInstanceOf(Error);
      }
    }
  });

  it('tells a viewer what happens, at most four times a second for one cluster', async () => {
    const socket = connect({ cookie: await made.signIn('viewer') });
    expect(await next(socket, 'cluster')).toMatchObject({ id: 'orders' });
    let told = 0;
    socket.on('cluster', () => (told += 1));
    const startedAt = performance.now();
    await delay(1_500);
    const quarters = (performance.now() - startedAt) / 250;
    expect(told).toBeGreaterThanOrEqual(2);
    expect(told).toBeLessThanOrEqual(quarters + 1);
  });

  it('tells each role what it may answer, and takes no decision itself', async () => {
    const viewer = connect({ cookie: await made.signIn('viewer') });
    const cookie = await made.signIn('operator');
    const operator = connect({ cookie });
    await Promise.all([next(viewer, 'cluster'), next(operator, 'cluster')]);
    const digests = { plan: 'd1', evidenceFor: 'd2', evidenceAgainst: 'd3', policy: 'd4' };
    const body = { decision: 'hold', revision: 1, digests, reason: 'over the line', idempotencyKey: 'over-the-line' };
    const before = await made.codes();
    viewer.emit('decision', { proposal: 'p-1', ...body });
    operator.emit('proposal', { proposal: 'p-1', ...body });
    operator.emit('decide', { proposal: 'p-1', ...body });
    const both = Promise.all([next(viewer, 'proposal'), next(operator, 'proposal')]);
    const held = await made.ask('/api/v1/proposals/p-1/decisions', { method: 'POST', cookie, body });
    expect(held.status).toBe(200);
    const [toViewer, toOperator] = (await both) as { possible: { kind: string; isPossible: boolean }[] }[];
    const mayReject = (of: typeof toViewer) => of?.possible.find(({ kind }) => kind === 'reject')?.isPossible;
    expect([mayReject(toViewer), mayReject(toOperator)]).toEqual([false, true]);
    expect((await made.codes()).slice(before.length)).toEqual(['P2005']);
  });

  it('is cut at once when the session is revoked, and at sign-out', async () => {
    const revoked = connect({ cookie: await made.signIn('approver') });
    await next(revoked, 'cluster');
    const ended = next(revoked, 'disconnect');
    const answer = await made.admin('/api/v1/admin/sessions/revoke', { method: 'POST', body: { user: 'a approver' } });
    expect(answer.body).toEqual({ revoked: 1 });
    expect(await ended).toBe('io server disconnect');
    const cookie = await made.signIn('approver');
    const socket = connect({ cookie });
    await next(socket, 'cluster');
    const out = next(socket, 'disconnect');
    expect((await made.ask('/api/v1/session', { method: 'DELETE', cookie })).status).toBe(204);
    await out;
    await next(connect({ cookie }), 'connect_error');
  });
});

describe('a sandbox’s controller', () => {
  it('signs the demo operator in without a name', async () => {
    const link = await made.admin('/api/v1/admin/sign-in-links', { method: 'POST', body: {} });
    expect(link.body).toMatchObject({ user: 'Demo operator', role: 'approver' });
    const session = await made.ask('/api/v1/session/link', { method: 'POST', body: { token: tokenOf(link.body) } });
    expect(session.body).toMatchObject({ hasSandbox: true });
  });

  it('passes faults to the sandbox, records them, and shows its refusals', async () => {
    const cookie = await made.signIn('operator');
    const fault = (name: string) =>
      made.ask('/api/v1/sandbox/faults', { method: 'POST', cookie, body: { name, args: ['orders-1'] } });
    const watcher = connect({ cookie });
    await next(watcher, 'cluster');
    const told = next(watcher, 'sandbox');
    expect((await fault('kill')).status).toBe(200);
    expect(await told).toEqual(view);
    expect(asked).toContainEqual({ path: 'POST /sandbox/faults', body: '{"name":"kill","args":["orders-1"]}' });
    expect(await made.codes()).toContain('P7001');
    const refused = await fault('unknown');
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({ error: { code: 'unknown-fault', message: 'There is no such fault.' } });
    expect((await made.ask('/api/v1/sandbox', { cookie })).body).toEqual(view);
    const viewer = await made.signIn('viewer');
    const body = { name: 'kill', args: ['orders-1'] };
    expect((await made.ask('/api/v1/sandbox/faults', { method: 'POST', cookie: viewer, body })).status).toBe(403);
  });

  it('isn’t started beside a real cluster or on the network', async () => {
    const members = makeConfig().clusters[0]?.members.map((member) => ({ ...member }));
    const real = makeConfig({ sandboxSocket: '/s', clusters: [{ id: 'orders', environment: 'production', members }] });
    await expect(startTestApi(postgres, real)).rejects.toThrow('must not stand beside a real cluster');
    const open = makeConfig({ sandboxSocket: '/s', listen: { host: '0.0.0.0', port: 0 } });
    await expect(startTestApi(postgres, open)).rejects.toThrow('Set listen.host to 127.0.0.1');
  });
});

describe('for machines', () => {
  it('there are health, gauges and a record that verifies', async () => {
    expect((await made.ask('/healthz')).body).toEqual({ ok: true, store: 'ready', redis: 'ready' });
    const metrics = (await made.ask('/metrics')).body as string;
    expect(metrics).toContain('petrov_cluster_verdict{cluster="orders",verdict="inconclusive"} 1\n');
    expect((await made.admin('/api/v1/audit/verify')).body).toMatchObject({ ok: true });
    const lines = ((await made.admin('/api/v1/audit/export')).body as string).trim().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ petrovAudit: 1 });
    const history = await made.admin('/api/v1/clusters/orders/history?minutes=10');
    expect(history.body).toMatchObject({ verdicts: [{ verdict: 'inconclusive' }] });
    expect((await made.admin('/api/v1/status')).body).toMatchObject({ controller: { store: 'ready' } });
    expect((await made.admin('/api/v1/runs/none')).status).toBe(404);
  });
});
