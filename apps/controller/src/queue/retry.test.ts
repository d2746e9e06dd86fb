import { expect, it } from 'vitest';
import { retryAfterMs } from './retry.ts';

it('waits 5 s, 30 s, then twice as long each time with a quarter of jitter, at most about an hour', () => {
  expect([1, 2, 3, 4, 5].map((attempts) => retryAfterMs(attempts, 0.5))).toEqual([
    5_000, 30_000, 60_000, 120_000, 240_000,
  ]);
  expect(retryAfterMs(3, 0)).toBe(45_000);
  expect(retryAfterMs(3, 1)).toBe(75_000);
  expect(retryAfterMs(500, 0.5)).toBe(3_600_000);
});

it('honours Retry-After where it is later, up to an hour', () => {
  expect(retryAfterMs(1, 0.5, 20_000)).toBe(20_000);
  expect(retryAfterMs(2, 0.5, 20_000)).toBe(30_000);
  expect(retryAfterMs(1, 0.5, 86_400_000)).toBe(3_600_000);
});
