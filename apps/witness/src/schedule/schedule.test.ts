// When fresh looks begin and end, and that a lane never has two probes outstanding.
import { expect, it } from 'vitest';
import {
  type FreshLooks,
  isFast,
  NO_FRESH_LOOKS,
  nonceAt,
  noteAnswer,
  noteRequest,
  noteRound,
  questionInMs,
} from './fresh-looks.ts';
import { Lane } from './lane.ts';
import { Teller } from './teller.ts';

const answers = (looks: FreshLooks, list: readonly [boolean, number][]) =>
  list.reduce((now, [isBad, atMs]) => noteAnswer(now, isBad, atMs), looks);

it('the first bad answer starts 10 s of fresh looks', () => {
  const looks = answers(NO_FRESH_LOOKS, [
    [false, 0],
    [true, 1_000],
  ]);
  expect(isFast(looks, 10_999)).toBe(true);
  expect(isFast(looks, 11_000)).toBe(false);
});

it('a lone bad answer within 30 s does not start them again, a suspicion does', () => {
  const once = answers(NO_FRESH_LOOKS, [
    [true, 0],
    ...Array.from({ length: 5 }, (_, n): [boolean, number] => [false, 11_000 + n]),
  ]);
  expect(isFast(noteAnswer(once, true, 20_000), 20_001)).toBe(false);
  expect(isFast(noteAnswer(once, true, 30_000), 30_001)).toBe(true);
  expect(
    isFast(
      answers(once, [
        [true, 20_000],
        [true, 20_100],
        [true, 20_200],
      ]),
      20_201,
    ),
  ).toBe(true);
});

it('a question puts its nonce on what begins after it, at most for 10 s fast', () => {
  const looks = noteRequest(NO_FRESH_LOOKS, { nonce: 'n1', forMs: 30_000 }, 0);
  expect([nonceAt(looks, 14_999), nonceAt(looks, 15_000)]).toEqual(['n1', undefined]);
  expect([isFast(looks, 9_999), isFast(looks, 10_000)]).toEqual([true, false]);
  expect(isFast(noteRequest(NO_FRESH_LOOKS, { nonce: 'n2', forMs: 0 }, 0), 0)).toBe(false);
});

it('a question waits for nothing right after a round, and no 11 rounds begin within a second, however often it is asked', () => {
  expect(questionInMs(noteRound([], 1_000), 1_000)).toBe(0);
  const began: number[] = [];
  let rounds: readonly number[] = [];
  for (let nowMs = 0; nowMs < 5_000; nowMs += 7) {
    if (questionInMs(rounds, nowMs) > 0) continue;
    rounds = noteRound(rounds, nowMs);
    began.push(nowMs);
  }
  const withinSecond = began.map((atMs) => began.filter((other) => other >= atMs && other < atMs + 1_000).length);
  expect(Math.max(...withinSecond)).toBe(10);
  expect(began.length).toBeGreaterThanOrEqual(50);
});

it('a lane runs one at a time; a poke that must begin later follows once', async () => {
  const waiting: (() => void)[] = [];
  const lane = new Lane(async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    await promise;
  });
  lane.poke();
  lane.poke();
  expect(waiting.length).toBe(1);
  lane.poke(true);
  lane.poke(true);
  waiting[0]?.();
  await new Promise(setImmediate);
  expect(waiting.length).toBe(2);
  waiting[1]?.();
  await lane.end();
  lane.poke();
  expect(waiting.length).toBe(2);
});

it('is not well while new sessions are turned away, though the kept one answers', () => {
  const member = {
    cluster: 'orders',
    id: 'orders-1',
    role: 'primary' as const,
    target: { host: 'h', port: 1, user: 'u' },
  };
  const clock = { nowMs: () => 0, monotonicMs: () => 0 };
  const of = { source: 'w-a', member, clock, nonce: () => undefined, onSighting: () => {} };
  const teller = new Teller(of as unknown as ConstructorParameters<typeof Teller>[0]);
  const tell = (session: 'new' | 'persistent', outcome: 'ok' | 'too-many-connections') =>
    teller.begin()({ probe: 'sql', outcome, facts: { session } });
  tell('new', 'too-many-connections');
  tell('persistent', 'ok');
  expect(teller.isAllWell).toBe(false);
  tell('new', 'ok');
  expect(teller.isAllWell).toBe(true);
});
