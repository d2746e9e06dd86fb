// What a look comes to while a member can't be read and its agent is at work: of whom it's news, and when it's called clear.
import type { MemberFacts } from '@petrov/core/wire';
import { describe, expect, it } from 'vitest';
import type { DriverDeps, Perform } from '../driver.ts';
import type { Reach } from '../facts.ts';
import { look } from './look.ts';

const leads: MemberFacts = { inRecovery: false, timeline: 2 };
const demoted: MemberFacts = { inRecovery: true, timeline: 2 };
const cluster = { members: [{ id: 'orders-1' }, { id: 'orders-2' }] };

/** What orders-1 answers at each try, the last one from then on; orders-2 can't be read, and no agent listens. */
async function lookWhile(kind: 'rejoin' | 'switchover', answers: readonly (MemberFacts | undefined)[]) {
  let [tries, nowMs] = [0, 0];
  const read = async (_: string, id: string) => {
    const facts = id === 'orders-1' ? answers[Math.min(tries++, answers.length - 1)] : undefined;
    if (facts === undefined) throw new Error('connection refused');
    return { ok: true, facts };
  };
  const deps = {
    reach: { cluster: () => cluster, read } as unknown as Reach,
    desk: { isListening: () => false },
    clock: { nowMs: () => nowMs, monotonicMs: () => (nowMs += 1_000) },
    askLook: async () => undefined,
    onActing: () => undefined,
  } as unknown as DriverDeps;
  const plan = { kind, primary: 'orders-1', candidate: 'orders-2' };
  const perform = { run: { cluster: 'orders', plan }, step: { id: 'look', deadlineMs: 6_500 }, nonce: 'r-1/look/2' };
  const answered = await look(deps, perform as unknown as Perform);
  return { ...answered, tries };
}

describe('a look while the agent of the member is at work', () => {
  it('ends with what the primary of a rejoin is by then, and leaves the member to be judged', async () => {
    const looked = await lookWhile('rejoin', [leads, demoted]);
    expect(looked).toMatchObject({ state: 'done', facts: { 'orders-1': demoted } });
    expect([Object.keys(looked.facts), looked.tries > 1]).toEqual([['orders-1'], true]);
  });

  it('tells nothing of a primary that answers no more', async () => {
    const { state, facts } = await lookWhile('rejoin', [leads, undefined]);
    expect([state, facts]).toEqual(['done', {}]);
  });

  it('is unclear where somebody else is to be promoted', async () => {
    const looked = await lookWhile('switchover', [leads]);
    expect(looked).toMatchObject({ state: 'ambiguous', says: expect.stringContaining("orders-2 can't be read") });
    expect([looked.facts, looked.tries]).toEqual([{ 'orders-1': leads }, 1]);
  });
});
