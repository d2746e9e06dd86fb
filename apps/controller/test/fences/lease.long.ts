// Waiting a lease out: what a member that refuses the controller counts as, by what the agent on its own host says.
import type { MemberFacts } from '@petrov/core/wire';
import { startTestPostgres } from '@petrov/runtime/testing';
import { describe, expect, it } from 'vitest';
import { type FenceWorld, makeFenceWorld } from './act.ts';

const AFTER_MS = 5_000;
const MARGIN_MS = 10_000;
/** Nobody listens there, or a firewall says so: it looks the same. */
const refuses = { host: '127.0.0.1', port: 1 };

/** An agent that asks for work all the while and answers each look with these facts; returns how to end it. */
function answerLooks({ deps: { desk } }: FenceWorld, member: string, facts: MemberFacts): () => void {
  let polls = 0;
  let giveUp = (): void => undefined;
  const ask = (): void => {
    const nonce = `${member}-poll-${String((polls += 1)).padStart(8, '0')}`;
    const common = { v: 1, cluster: 'orders', member, bootId: 'boot-1', nonce } as const;
    giveUp = desk.open(common, (signed) => {
      if (signed === undefined) return;
      const { id } = JSON.parse(signed.body) as { readonly id: string };
      queueMicrotask(() => {
        desk.takeResult({ ...common, id, state: 'done', says: 'looked', facts });
        ask();
      });
    });
  };
  ask();
  return () => giveUp();
}

const waitOut = async (orders2: { host: string; port: number }, facts?: MemberFacts) => {
  const settings = { method: 'lease', afterMs: AFTER_MS, marginMs: MARGIN_MS, withinMs: 40_000 };
  const members = { 'orders-1': refuses, 'orders-2': orders2 };
  const world = makeFenceWorld(settings, { members, deadlineMs: AFTER_MS + MARGIN_MS + 3_000 });
  const end = facts === undefined ? undefined : answerLooks(world, 'orders-2', facts);
  const answered = await world.act('fence');
  end?.();
  return answered;
};

describe('waiting a lease out', () => {
  it.concurrent.each<[string, MemberFacts | undefined]>([
    ['its agent is silent', undefined],
    ['its agent finds processes of Postgres', { processesLeft: 3 }],
    ['its agent finds Postgres running', { inRecovery: true, fenced: false }],
  ])('proves nothing while a member refuses the controller and %s', async (_, facts) => {
    const { state, says } = await waitOut(refuses, facts);
    expect([state, says]).toEqual(['ambiguous', expect.stringContaining("orders-2 can't be read, and may have been")]);
  });

  it.concurrent('is done when a member refuses it, and its own agent finds no process of Postgres', async () => {
    expect(await waitOut(refuses, { processesLeft: 0 })).toMatchObject({
      state: 'done',
      facts: { 'orders-1': { proof: expect.stringContaining('The lease of orders-1 has run out') } },
    });
  });

  it.concurrent('is done when a member can be read, and nobody of that name is there', async () => {
    const server = await startTestPostgres();
    try {
      expect((await waitOut({ host: server.folder, port: server.port })).state).toBe('done');
    } finally {
      server.end();
    }
  });
});
