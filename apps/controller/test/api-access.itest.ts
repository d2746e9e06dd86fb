// Who gets in, from where, and what a role may: over HTTP, over the live line and over the admin socket.
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TOTP, URI } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sessions } from '../src/auth/sessions.ts';
import { addUser, disableUser } from '../src/auth/users.ts';
import { migrate } from '../src/store/migrations.ts';
import { askRaw, makeConfig, startTestApi, type TestApi, tokenOf } from './api-harness.ts';
import { startPostgres, type TestPostgres } from './servers.ts';

let postgres: TestPostgres;
let made: TestApi;
beforeAll(async () => {
  postgres = await startPostgres();
  made = await startTestApi(postgres);
});
afterAll(async () => {
  await made?.stop();
  await postgres.stop();
});

const digests = { plan: 'd1', evidenceFor: 'd2', evidenceAgainst: 'd3', policy: 'd4' };
const decision = (kind: string, more: Record<string, unknown> = {}) => ({
  decision: kind,
  revision: 1,
  digests,
  reason: 'because of a test',
  idempotencyKey: `key-${Math.random()}`,
  ...more,
});
const decide = (cookie: string | undefined, body: unknown) =>
  made.ask('/api/v1/proposals/p-1/decisions', { method: 'POST', cookie, body });
const errorOf = (body: unknown) => (body as { error: { code: string; message: string; where?: string } }).error;

describe('signing in', () => {
  it('takes a link once only, and says so on the record', async () => {
    await made.admin('/api/v1/admin/users', { method: 'POST', body: { name: 'Ada', role: 'viewer' } });
    const link = await made.admin('/api/v1/admin/sign-in-links', { method: 'POST', body: { user: 'Ada' } });
    const body = { token: tokenOf(link.body) };
    const both = await Promise.all([1, 2].map(() => made.ask('/api/v1/session/link', { method: 'POST', body })));
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([200, 401]));
    const refused = both.find(({ status }) => status === 401);
    expect(errorOf(refused?.body).code).toBe('link-not-valid');
    expect(await made.codes()).toEqual(expect.arrayContaining(['P5001', 'P5002', 'P5004']));
    const cookie = both.find(({ status }) => status === 200)?.cookie;
    const session = await made.ask('/api/v1/session', { cookie });
    expect(session.body).toMatchObject({ user: { name: 'Ada', role: 'viewer' }, hasSandbox: false });
    expect((await made.ask('/api/v1/session', { method: 'DELETE', cookie })).status).toBe(204);
    expect((await made.ask('/api/v1/session', { cookie })).status).toBe(401);
  });

  it('takes a password with its one-time code, and a code once only', async () => {
    const password = 'correct horse battery';
    const user = await made.admin('/api/v1/admin/users', {
      method: 'POST',
      body: { name: 'Grace', role: 'operator', password, withTotp: true },
    });
    const totp = URI.parse((user.body as { totpUrl: string }).totpUrl);
    if (!(totp instanceof TOTP)) throw new Error('not a TOTP');
    const enter = (body: unknown) => made.ask('/api/v1/session/password', { method: 'POST', body });
    expect((await enter({ name: 'Grace', password })).status).toBe(401);
    expect((await enter({ name: 'Grace', password: 'wrong', totp: totp.generate() })).status).toBe(401);
    expect((await enter({ name: 'Nobody', password, totp: totp.generate() })).status).toBe(401);
    const code = totp.generate();
    const [one, two] = await Promise.all([1, 2].map(() => enter({ name: 'Grace', password, totp: code })));
    expect(new Set([one?.status, two?.status])).toEqual(new Set([200, 401]));
  });
});

describe('a request', () => {
  it('without a session is refused everywhere', async () => {
    for (const path of [
      'status',
      'clusters',
      'clusters/orders',
      'proposals',
      'proposals/p-1',
      'runs',
      'audit',
      'audit/verify',
      'audit/export',
      'sandbox',
    ]) {
      expect((await made.ask(`/api/v1/${path}`)).status, path).toBe(401);
    }
    expect((await decide(undefined, decision('reject'))).status).toBe(401);
  });

  it('from another origin changes nothing', async () => {
    const body = { token: 'x'.repeat(43) };
    const path = '/api/v1/session/link';
    const from = (headers: Record<string, string>) => made.ask(path, { method: 'POST', body, headers });
    expect((await from({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await from({ origin: 'http://localhost:1' })).status).toBe(403);
    const bare = await askRaw({ port: made.api.port, path }, { method: 'POST', body });
    expect(bare.status).toBe(403);
    const sameSite = await askRaw(
      { port: made.api.port, path },
      { method: 'POST', body, headers: { 'sec-fetch-site': 'same-site' } },
    );
    expect(errorOf(sameSite.body).code).toBe('wrong-origin');
  });

  it('for another host name is refused', async () => {
    const answer = await askRaw({ port: made.api.port, path: '/healthz' }, { headers: { host: 'evil.example' } });
    expect(answer.status).toBe(403);
    expect(errorOf(answer.body).code).toBe('host-not-allowed');
  });

  it('gets the headers that keep a page safe', async () => {
    const { headers } = await made.ask('/healthz');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('that can’t be read names the place', async () => {
    const body = decision('approve', { reason: '' });
    const answer = await made.admin('/api/v1/proposals/p-1/decisions', { method: 'POST', body });
    expect(answer.status).toBe(400);
    expect(errorOf(answer.body)).toMatchObject({ code: 'bad-request', where: 'body.reason' });
  });
});

describe('a decision', () => {
  it('of a viewer is refused and stands on the record', async () => {
    const viewer = await made.signIn('viewer');
    const before = (await made.codes()).length;
    const answer = await decide(viewer, decision('reject'));
    expect(answer.status).toBe(403);
    expect(errorOf(answer.body).code).toBe('role-lacks-right');
    expect((await made.codes()).slice(before)).toEqual(['P5005']);
    const view = (await made.ask('/api/v1/proposals/p-1', { cookie: viewer })).body as {
      possible: { isPossible: boolean }[];
    };
    expect(view.possible.some(({ isPossible }) => isPossible)).toBe(false);
  });

  it('over another revision is refused with 409', async () => {
    const approver = await made.signIn('approver');
    const answer = await decide(approver, decision('approve', { revision: 2 }));
    expect(answer.status).toBe(409);
    expect(errorOf(answer.body).code).toBe('stale-revision');
    expect(await made.codes()).toContain('P2008');
    expect((await decide(approver, decision('approve'))).status).toBe(409);
  });

  it('sent twice is one', async () => {
    const operator = await made.signIn('operator');
    const hold = decision('hold', { holdForMs: 60_000 });
    const both = await Promise.all([decide(operator, hold), decide(operator, hold)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect((await decide(operator, hold)).status).toBe(200);
    expect((await made.codes()).filter((code) => code === 'P2005')).toHaveLength(1);
    expect((await decide(operator, decision('approve'))).status).toBe(403);
  });

  it('of a drill’s script needs a sandbox', async () => {
    const asked = { method: 'POST', body: decision('reject'), headers: { 'x-petrov-drill': 'primary-killed' } };
    const answer = await made.admin('/api/v1/proposals/p-1/decisions', asked);
    expect(answer.status).toBe(403);
    expect(errorOf(answer.body).code).toBe('drill-proof-outside-sandbox');
  });

  it('at the host’s terminal is recorded with its user', async () => {
    const asked = { method: 'POST', body: decision('reject'), headers: { 'x-petrov-user': 'ada' } };
    const answer = await made.admin('/api/v1/proposals/p-1/decisions', asked);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      proposal: {
        state: 'rejected',
        decisions: expect.arrayContaining([
          expect.objectContaining({ actor: { id: 'os:ada', name: 'ada', role: 'approver', via: 'cli' } }),
        ]),
      },
    });
  });
});

describe('without a sandbox', () => {
  it('nothing can be broken', async () => {
    const answer = await made.admin('/api/v1/sandbox/faults', {
      method: 'POST',
      body: { name: 'kill', args: ['orders-1'] },
    });
    expect(answer.status).toBe(404);
    expect(errorOf(answer.body).code).toBe('no-sandbox');
    expect((await made.admin('/api/v1/sandbox')).status).toBe(404);
  });
});

describe('the admin socket', () => {
  it('belongs to its owner only', () => {
    expect(statSync(join(made.folder, 'admin.sock')).mode & 0o777).toBe(0o600);
  });
});

describe('the console', () => {
  it('is one page for every path, its hashed files kept for ever', async () => {
    mkdirSync(join(made.folder, 'dist', 'assets'), { recursive: true });
    writeFileSync(join(made.folder, 'dist', 'index.html'), '<title>Petrov</title>');
    writeFileSync(join(made.folder, 'dist', 'assets', 'app-1a2b.js'), 'export {};');
    const page = (path: string) => made.ask(path, { headers: { accept: 'text/html' } });
    for (const path of ['/', '/index.html', '/clusters/orders']) {
      const got = await page(path);
      expect([got.status, got.body, got.headers.get('cache-control')], path).toEqual([
        200,
        '<title>Petrov</title>',
        'no-cache',
      ]);
    }
    const script = await made.ask('/assets/app-1a2b.js');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await page('/assets/gone-1a2b.js')).status).toBe(404);
    expect((await page('/../admin.sock')).body).toBe('<title>Petrov</title>');
    expect(errorOf((await page('/api/v1/nothing')).body).code).toBe('no-such-route');
  });
});

describe('behind https', () => {
  it('the cookie is bound to the host, and the browser told to stay', async () => {
    const config = makeConfig({ publicUrl: 'https://petrov.example' });
    const safe = await startTestApi(postgres, config);
    await safe.admin('/api/v1/admin/users', { method: 'POST', body: { name: 'Ada', role: 'viewer' } });
    const link = await safe.admin('/api/v1/admin/sign-in-links', { method: 'POST', body: {} });
    expect((link.body as { url: string }).url).toMatch(/^https:\/\/petrov\.example\/sign-in#token=/);
    const headers = { origin: 'https://petrov.example' };
    const asked = { method: 'POST', body: { token: tokenOf(link.body) }, headers };
    const session = await safe.ask('/api/v1/session/link', asked);
    expect(session.headers.get('set-cookie')).toMatch(/^__Host-petrov=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
    expect(session.headers.get('strict-transport-security')).toBe('max-age=31536000');
    await safe.stop();
  });
});

describe('a session', () => {
  it('ends after 12 idle hours, after 24 in all, and with its user', async () => {
    const { pool } = await postgres.createDatabase();
    await migrate(pool);
    let nowMs = 1_800_000_000_000;
    const hour = 3_600_000;
    const sessions = new Sessions(pool, () => nowMs);
    const user = await addUser(pool, { name: 'Ada', role: 'viewer' });
    const open = async () => await sessions.create(user?.id ?? '', 'link');
    const idle = await open();
    const busy = await open();
    nowMs += 11 * hour;
    expect(await sessions.find(busy.token)).toMatchObject({ user: { name: 'Ada' } });
    nowMs += 2 * hour;
    expect(await sessions.find(idle.token)).toBeUndefined();
    expect(await sessions.find(busy.token)).toBeDefined();
    expect([...(await sessions.stillActive([idle.sessionId, busy.sessionId]))]).toEqual([busy.sessionId]);
    nowMs += 11 * hour;
    expect(await sessions.find(busy.token)).toBeUndefined();
    const last = await open();
    await disableUser(pool, user?.id ?? '');
    expect(await sessions.find(last.token)).toBeUndefined();
    const { rows } = await pool.query('select token_hash from sessions');
    expect(JSON.stringify(rows)).not.toContain(last.token);
  });
});

describe('a guesser', () => {
  it('is slowed down', async () => {
    const body = { name: 'Ada', password: 'a guess' };
    const guess = () => made.ask('/api/v1/session/password', { method: 'POST', body });
    const statuses: number[] = [];
    while (statuses.length < 12 && !statuses.includes(429)) statuses.push((await guess()).status);
    expect(statuses.at(-1)).toBe(429);
    expect(errorOf((await guess()).body).code).toBe('too-many-requests');
  });
});
