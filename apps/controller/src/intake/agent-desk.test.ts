// What the desk answers of a command that takes hours: it waits as long as the agent is heard by any way, and no longer.
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AgentDesk, type CommandAnswer, type CommandDraft } from './agent-desk.ts';

const DAY_MS = 86_400_000;
const clone: CommandDraft = {
  verb: 'clone',
  args: { upstream: 'orders-1', host: 'a', port: 5432, timeline: 2 },
  id: 'r-1/clone/1',
  cluster: 'orders',
  member: 'orders-2',
  systemIdentifier: '73',
  epoch: 4,
  approval: { proposal: 'p-1', revision: 1, planDigest: 'd' },
  silentAfterMs: 30_000,
};
const poll = { v: 1, cluster: 'orders', member: 'orders-2', bootId: 'b', nonce: 'a-nonce-of-sixteen' } as const;
const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() };

let desk: AgentDesk;
let answer: CommandAnswer | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  desk = new AgentDesk(createSigner(generateKeyPair().privateKeyPem), clock);
  answer = undefined;
  void desk.command(clone, DAY_MS).then((given) => (answer = given));
});
afterEach(() => vi.useRealTimers());
const hearFor = async (seconds: number) => {
  for (let second = 0; second < seconds; second += 1) {
    desk.hear('orders-2');
    await vi.advanceTimersByTimeAsync(1_000);
  }
};

describe('a command that may take hours', () => {
  it('is waited for while its agent goes on reporting, and is unclear 30 s after its last word', async () => {
    desk.open(poll, () => undefined);
    await hearFor(7_200);
    await vi.advanceTimersByTimeAsync(28_000);
    expect(answer).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(answer).toEqual({
      kind: 'no-answer',
      says: "The agent on orders-2 was told to clone and hasn't been heard for 30 s: it may have done it, or be at it still.",
    });
  });

  it('waits for an agent that reports and asks for nothing: it may be at an earlier one', async () => {
    await hearFor(600);
    expect(answer).toBeUndefined();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(answer).toEqual({
      kind: 'not-sent',
      says: 'The agent on orders-2 hasn\'t been heard for 30 s: "clone" was not sent to it.',
    });
  });

  it('is not handed out any more once its run is over', async () => {
    desk.withdraw('p-2');
    await hearFor(1);
    expect(answer).toBeUndefined();
    desk.withdraw('p-1');
    await hearFor(1);
    expect(answer).toMatchObject({ kind: 'not-sent', says: expect.stringContaining('The run is over') });
    const given = vi.fn();
    desk.open(poll, given);
    expect(given).not.toHaveBeenCalled();
  });
});

it('says how long it waited in words, not in milliseconds', async () => {
  await hearFor(86_400);
  expect(answer?.kind === 'not-sent' && answer.says).toBe(
    "The agent on orders-2 didn't ask for work within 24 h 0 min: nothing was sent to it.",
  );
});
