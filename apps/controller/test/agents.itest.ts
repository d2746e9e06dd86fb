// The agents' socket and the streams, with agents and witnesses that sign for real.
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '@petrov/core/observation';
import { AgentCommand, ControllerConfig, observationStream, SignedCommand } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { newNonce } from '@petrov/runtime/random';
import { createRedis } from '@petrov/runtime/redis';
import { Shutdown } from '@petrov/runtime/shutdown';
import { createSigner, generateKeyPair, verifySignature } from '@petrov/runtime/signing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AgentDesk, type CommandDraft } from '../src/intake/agent-desk.ts';
import { Hearing } from '../src/intake/hearing.ts';
import { startIntake } from '../src/intake/index.ts';
import { silent, startRedis, type TestRedis, until } from './servers.ts';

const engine = createSigner(generateKeyPair().privateKeyPem);
const keys = { 'w-a': generateKeyPair(), 'orders-1': generateKeyPair(), 'orders-2': generateKeyPair() };
const signers = new Map(Object.entries(keys).map(([id, { privateKeyPem }]) => [id, createSigner(privateKeyPem)]));
const sign = (id: string, text: string) => signers.get(id)?.sign(text) ?? '';
let redis: TestRedis;
let made: Awaited<ReturnType<typeof make>>;
beforeAll(async () => {
  redis = await startRedis();
});
beforeEach(async () => {
  made = await make();
});
afterEach(() => made.stop());
afterAll(() => redis.remove());

async function make() {
  const folder = mkdtempSync(join(tmpdir(), 'petrov-agents-'));
  const member = (id: 'orders-1' | 'orders-2', role: string) => ({
    id,
    zone: id,
    role,
    replicationHost: id,
    endpoint: { host: '/nowhere', user: 'petrov' },
    agent: { publicKey: keys[id].publicKey },
  });
  const config = ControllerConfig.parse({
    version: 1,
    engineKey: 'env:KEY',
    agentSocket: join(folder, 'agents.sock'),
    witnesses: [{ id: 'w-a', zone: 'a', publicKey: keys['w-a'].publicKey }],
    clusters: [{ id: 'orders', members: [member('orders-1', 'primary'), member('orders-2', 'standby')] }],
  });
  const shutdown = new Shutdown(silent);
  const desk = new AgentDesk(engine, systemClock);
  const seen: Observation[] = [];
  await startIntake({
    hearing: new Hearing(() => 0),
    config,
    redisUrl: redis.path,
    desk,
    clock: systemClock,
    log: silent,
    shutdown,
    observe: (observations) => seen.push(...observations),
  });
  const post = (path: string, body: unknown) => postTo(config.agentSocket ?? '', `/agent/v1/${path}`, body);
  const signed = (agent: string, message: unknown, by = agent) => {
    const body = JSON.stringify(message);
    return { agent: `agent:${agent}`, body, signature: sign(by, body) };
  };
  const poll = (id: string, rest: Record<string, unknown> = {}, by = id) =>
    post('poll', signed(id, { v: 1, cluster: 'orders', member: id, bootId: 'b', nonce: newNonce(), ...rest }, by));
  const stop = async () => {
    await shutdown.run();
    rmSync(folder, { recursive: true, force: true });
  };
  return { desk, seen, post, signed, poll, stop };
}

function postTo(socketPath: string, path: string, body: unknown): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = request({ socketPath, path, method: 'POST' }, (response) => {
    let text = '';
    response.on('data', (chunk: Buffer) => (text += chunk.toString()));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  sent.on('error', reject);
  sent.end(JSON.stringify(body));
  return promise;
}

const fence: CommandDraft = {
  verb: 'fence',
  args: { proposal: 'p-1' },
  id: 'r-1/fence/1',
  cluster: 'orders',
  member: 'orders-1',
  systemIdentifier: '73',
  epoch: 4,
  approval: { proposal: 'p-1', revision: 1, planDigest: 'd' },
};
function readCommand(text: string): AgentCommand {
  const { body, signature } = SignedCommand.parse(JSON.parse(text));
  expect(verifySignature(engine.publicKey, body, signature)).toBe(true);
  return AgentCommand.parse(JSON.parse(body));
}
const resultOf = (command: AgentCommand, rest: Record<string, unknown> = {}) => ({
  v: 1,
  id: command.id,
  nonce: command.agentNonce,
  cluster: 'orders',
  member: command.member,
  state: 'done',
  says: 'Fenced.',
  facts: { processesLeft: 0 },
  bootId: 'b',
  ...rest,
});

describe('a command', () => {
  it('goes signed to the agent that waits, and its result comes back by id and nonce', async () => {
    const polling = made.poll('orders-1', { nonce: 'a-nonce-of-the-agent' });
    await until(() => made.desk.isListening('orders-1'), 'the poll');
    const asked = made.desk.command(fence, 5_000);
    const command = readCommand((await polling).text);
    expect(command).toMatchObject({
      verb: 'fence',
      epoch: 4,
      agentNonce: 'a-nonce-of-the-agent',
      systemIdentifier: '73',
    });
    expect(command.ttlMs).toBeLessThanOrEqual(5_000);
    expect(
      (await made.post('results', made.signed('orders-1', resultOf(command, { nonce: 'another-nonce-here' })))).status,
    ).toBe(204);
    expect((await made.post('results', made.signed('orders-1', resultOf(command)))).status).toBe(204);
    expect(await asked).toMatchObject({ kind: 'answered', result: { state: 'done', says: 'Fenced.' } });
  });

  it('says how long the controller held the poll: what passed beyond it is its age', async () => {
    const pollAfter = async (waitMs: number) => {
      const askedAtMs = performance.now();
      const polling = made.poll('orders-1');
      await until(() => made.desk.isListening('orders-1'), 'the poll');
      const openAtMs = performance.now();
      await new Promise((resolve) => setTimeout(resolve, waitMs)); // how long it's held is what is tested
      const heldAtLeastMs = performance.now() - openAtMs;
      const asked = made.desk.command({ ...fence, id: `r-1/fence/${waitMs}` }, 5_000);
      const command = readCommand((await polling).text);
      const tookMs = performance.now() - askedAtMs;
      await made.post('results', made.signed('orders-1', resultOf(command)));
      await asked;
      expect(command.heldMs).toBeGreaterThanOrEqual(Math.floor(heldAtLeastMs));
      expect(command.heldMs).toBeLessThanOrEqual(tookMs);
    };
    await pollAfter(250);
    await pollAfter(0);
  });
  it('waits for the agent to come, and says when it never came', async () => {
    const late = made.desk.command(fence, 3_000);
    readCommand((await made.poll('orders-1')).text);
    const other = made.desk.command({ ...fence, member: 'orders-2', id: 'r-1/fence/2' }, 100);
    expect(await other).toMatchObject({ kind: 'not-sent', says: expect.stringContaining('nothing was sent') });
    made.desk.stop();
    expect(await late).toMatchObject({ kind: 'no-answer', says: expect.stringContaining('it may have done it') });
  });

  it('is handed out again under the same id when its result got lost', async () => {
    const asked = made.desk.command(fence, 10_000);
    const first = readCommand((await made.poll('orders-1')).text);
    let second: AgentCommand | undefined;
    await until(async () => {
      const polling = made.poll('orders-1');
      void made.poll('orders-1'); // the newer poll ends the older one, if it got nothing
      const { status, text } = await polling;
      if (status === 200) second = readCommand(text);
      return second !== undefined;
    }, 'the command again');
    expect(second?.id).toBe(first.id);
    await made.post('results', made.signed('orders-1', resultOf(first)));
    expect(await asked).toMatchObject({ kind: 'answered' });
  });
});

describe('the agents’ socket', () => {
  it('refuses other keys, other members, nonces used twice, unsigned things', async () => {
    expect((await made.poll('orders-1', {}, 'orders-2')).status).toBe(401);
    expect((await made.poll('orders-1', { member: 'orders-2' })).status).toBe(403);
    expect((await made.poll('orders-9')).status).toBe(401);
    expect((await made.post('poll', { agent: 'agent:orders-1' })).status).toBe(400);
    expect((await made.post('nothing', {})).status).toBe(404);
    const nonce = newNonce();
    const first = made.poll('orders-1', { nonce });
    await until(() => made.desk.isListening('orders-1'), 'the poll');
    const second = await made.poll('orders-1', { nonce });
    expect(second.status).toBe(409);
    expect(second.text).toContain('used a nonce twice');
    made.desk.stop();
    expect((await first).status).toBe(204);
  });

  it('takes no result of another agent', async () => {
    const asked = made.desk.command(fence, 400);
    const command = readCommand((await made.poll('orders-1')).text);
    expect((await made.post('results', made.signed('orders-2', resultOf(command)))).status).toBe(403);
    expect((await made.post('results', made.signed('orders-1', resultOf(command), 'orders-2'))).status).toBe(401);
    expect(await asked).toMatchObject({ kind: 'no-answer' });
  });

  it('takes observations of the agent’s own host', async () => {
    const batch = JSON.stringify({
      v: 1,
      source: 'agent:orders-1',
      bootId: 'b',
      seq: 1,
      sentMonotonicMs: 1,
      observations: ['orders-1', 'orders-2'].map((member) => ({
        by: 'agent:orders-1',
        cluster: 'orders',
        member,
        probe: 'host',
        outcome: 'ok',
        ageMs: 0,
        facts: { postgres: 'absent' },
      })),
    });
    const body = { batch, signature: sign('orders-1', batch) };
    expect((await made.post('observations', body)).status).toBe(204);
    expect((await made.post('observations', body)).status).toBe(409);
    expect((await made.post('observations', { ...body, signature: sign('orders-2', batch) })).status).toBe(401);
    await until(() => made.seen.length > 0, 'the observation');
    expect(made.seen).toMatchObject([{ member: 'orders-1', probe: 'host' }]);
  });
});

describe('the streams', () => {
  const batchOf = (seq: number, outcome: string) =>
    JSON.stringify({
      v: 1,
      source: 'w-a',
      bootId: 'b',
      seq,
      sentMonotonicMs: seq * 1_000,
      observations: [{ by: 'w-a', cluster: 'orders', member: 'orders-1', probe: 'tcp', outcome, ageMs: 0 }],
    });
  const report = async (batch: string, signature = sign('w-a', batch)) => {
    const client = createRedis({ url: redis.path, name: 'test', log: silent, offlineQueue: true });
    await client.xadd(observationStream('w-a'), '*', 'batch', batch, 'signature', signature);
    client.disconnect();
  };

  it('are read from now on, believed only when signed, and read on after Redis was away (I12)', async () => {
    await until(async () => {
      await report(batchOf(made.seen.length + 1, 'ok'));
      return made.seen.length > 0;
    }, 'the first batch');
    await report(batchOf(50, 'ok'), sign('orders-1', batchOf(50, 'ok')));
    await report(batchOf(51, 'refused'));
    await until(() => made.seen.some(({ outcome }) => outcome === 'refused'), 'the signed batch');
    const before = made.seen.length;
    await redis.stop();
    await redis.start();
    let seq = 60;
    await until(async () => {
      await report(batchOf(++seq, 'timeout'));
      return made.seen.length > before;
    }, 'a batch after Redis came back');
    await made.stop();
    made = await make();
    const { length } = made.seen;
    await until(async () => {
      await report(batchOf(++seq, 'unreachable'));
      return made.seen.length > length;
    }, 'a batch after the start');
    expect(made.seen.every(({ outcome }) => outcome === 'unreachable')).toBe(true);
  });
});
