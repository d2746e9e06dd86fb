// The web surface on a real store and the real engine, without witnesses: time stands as the proposal was restored.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialState, step } from '@petrov/core/engine';
import { resolvePolicy } from '@petrov/core/cluster';
import { ControllerConfig, SignInLink } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { Secret } from '@petrov/runtime/secrets';
import { transaction } from '@petrov/runtime/postgres';
import { createSigner, generateKeyPair, sha256Hex } from '@petrov/runtime/signing';
import { type RunningApi, startApi } from '../src/api/index.ts';
import { createAuditKit } from '../src/audit/kit.ts';
import { createHeadMemory } from '../src/audit/head-memory.ts';
import { createAuditReader } from '../src/audit/reader.ts';
import { createCommitter } from '../src/loop/committer.ts';
import { createCrashPoints } from '../src/loop/crash-points.ts';
import { EngineLoop } from '../src/loop/engine-loop.ts';
import { createEvents } from '../src/loop/events.ts';
import { createReach } from '../src/drivers/facts.ts';
import { createReadiness } from '../src/readiness/index.ts';
import { migrate } from '../src/store/migrations.ts';
import { createRecordReader } from '../src/store/records.ts';
import { findDecision } from '../src/store/statements/decisions.ts';
import { takeOver } from '../src/store/statements/engine-owner.ts';
import { createOutboxReader } from '../src/store/statements/outbox.ts';
import { storeEffect } from '../src/store/statements/store-effect.ts';
import { makeProposal } from './made.ts';
import { silent, type TestPostgres } from './servers.ts';

export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly cookie: string | undefined;
  readonly headers: Headers;
};
export type Asked = {
  readonly method?: string;
  readonly body?: unknown;
  readonly cookie?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};
export type TestApi = {
  readonly api: RunningApi;
  readonly folder: string;
  readonly ask: (path: string, asked?: Asked) => Promise<Answer>;
  readonly admin: (path: string, asked?: Asked) => Promise<{ status: number; body: unknown }>;
  /** The cookie of a new session of a user with this role. */
  readonly signIn: (role: string) => Promise<string>;
  readonly codes: () => Promise<string[]>;
  readonly stop: () => Promise<void>;
};

const member = (id: string, role: 'primary' | 'standby') => ({
  id,
  zone: id,
  role,
  endpoint: { host: '/nowhere', user: 'petrov' },
  replicationHost: id,
});

export function makeConfig(more: Record<string, unknown> = {}): ControllerConfig {
  return ControllerConfig.parse({
    version: 1,
    listen: { port: 0 },
    engineKey: 'env:ENGINE_KEY',
    witnesses: [],
    clusters: [
      { id: 'orders', environment: 'sandbox', members: [member('orders-1', 'primary'), member('orders-2', 'standby')] },
    ],
    ...more,
  });
}

export async function startTestApi(
  postgres: Pick<TestPostgres, 'createDatabase'>,
  config: ControllerConfig = makeConfig(),
): Promise<TestApi> {
  const folder = mkdtempSync(join(tmpdir(), 'petrov-api-'));
  const { pool } = await postgres.createDatabase();
  await migrate(pool);
  const bootId = randomUUID();
  await takeOver(pool, bootId);
  const proposal = makeProposal('p-1');
  await transaction(pool, (client) => storeEffect(client, { type: 'store', what: 'proposal', proposal }));
  const kit = createAuditKit('petrov', createSigner(generateKeyPair().privateKeyPem));
  const events = createEvents(silent);
  const clusters = config.clusters.map((cluster) => ({ ...cluster, policy: resolvePolicy(cluster.policy) }));
  const loop = new EngineLoop({
    step,
    initial: initialState(
      { witnesses: [], clusters, hash: sha256Hex },
      { clusters: [], proposals: [proposal], runs: [] },
    ),
    commit: createCommitter({
      pool,
      bootId,
      kit,
      pagersOf: () => [],
      crash: createCrashPoints({}, false),
      signal: new AbortController().signal,
    }),
    act: () => Promise.resolve(undefined),
    findReply: async (decision) => {
      const stored = await findDecision(pool, decision.id);
      if (stored === undefined) throw new Error('no such decision is stored');
      return stored.reply.ok
        ? { type: 'reply', to: decision.id, ...stored.reply, proposal }
        : { type: 'reply', to: decision.id, ...stored.reply };
    },
    onCommitted: (told) => told.events.forEach(events.send),
    onStore: () => undefined,
    clock: systemClock,
    log: silent,
  });
  const adminSocket = join(folder, 'admin.sock');
  const nowMs = () => systemClock.nowMs();
  const audit = createAuditReader({
    pool,
    kit,
    nowMs,
    onAppended: (entry) => events.send({ type: 'audit', entry }),
    head: createHeadMemory(),
  });
  const api = await startApi({
    config,
    version: '0.0.0',
    clock: systemClock,
    log: silent,
    getState: () => loop.getState(),
    submitDecision: (decision) => loop.submitDecision(decision),
    submitRequest: (request) => loop.submitRequest(request),
    events,
    pool,
    audit,
    outbox: createOutboxReader(pool),
    records: createRecordReader(pool),
    readiness: createReadiness({
      reach: createReach(config.clusters, () => new Secret('none')),
      clock: systemClock,
      records: createRecordReader(pool),
      witnesses: 0,
    }),
    redisStatus: () => 'ready',
    adminSocket,
    recordFile: join(folder, 'var', 'controller.json'),
    consoleFolder: join(folder, 'dist'),
  }).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const base = `http://127.0.0.1:${api.port}`;
  const ask = (path: string, asked: Asked = {}) => askHttp(base, path, asked);
  const admin = (path: string, asked: Asked = {}) => askSocket(adminSocket, path, asked);
  return {
    api,
    folder,
    ask,
    admin,
    signIn: async (role) => {
      await admin('/api/v1/admin/users', { method: 'POST', body: { name: `a ${role}`, role } });
      const link = await admin('/api/v1/admin/sign-in-links', { method: 'POST', body: { user: `a ${role}` } });
      const token = tokenOf(link.body);
      const { cookie } = await ask('/api/v1/session/link', { method: 'POST', body: { token } });
      if (cookie === undefined) throw new Error(`the ${role} got no session`);
      return cookie;
    },
    codes: async () => (await audit.page({ limit: 100 })).entries.map(({ code }) => code).reverse(),
    stop: async () => {
      await api.stop();
      await loop.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function tokenOf(link: unknown): string {
  return new URLSearchParams(new URL(SignInLink.parse(link).url).hash.slice(1)).get('token') ?? '';
}

async function askHttp(base: string, path: string, asked: Asked): Promise<Answer> {
  const { method = 'GET', body, cookie, headers = {} } = asked;
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(method === 'GET' ? {} : { origin: base }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const set = response.headers.get('set-cookie')?.split(';', 1)[0];
  const isJson = (response.headers.get('content-type') ?? '').includes('application/json');
  return { status: response.status, body: isJson ? JSON.parse(text) : text, cookie: set, headers: response.headers };
}

/** With node:http, which lets a test choose any Host; `socketPath` or a port in `path`. */
export async function askSocket(
  socketPath: string,
  path: string,
  asked: Asked,
): Promise<{ status: number; body: unknown }> {
  return await askRaw({ socketPath, path }, asked);
}

export function askRaw(
  where: { readonly socketPath?: string; readonly port?: number; readonly path: string },
  asked: Asked,
): Promise<{ status: number; body: unknown }> {
  const text = asked.body === undefined ? undefined : JSON.stringify(asked.body);
  const headers = { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...asked.headers };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ ...where, method: asked.method ?? 'GET', headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const got = Buffer.concat(parts).toString();
        const isJson = (response.headers['content-type'] ?? '').includes('application/json');
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(got) : got });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}
