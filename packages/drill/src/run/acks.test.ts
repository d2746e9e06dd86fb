import { expect, test } from 'vitest';
import type { Ack } from '@petrov/sandbox';
import { firstAckMs, longestPauseMs } from './acks.ts';

const ack = (id: number, member: string, atMs: number, pinned = false): Ack => ({
  kind: 'ack',
  connection: 'w1',
  id,
  member,
  pinned,
  atMs,
  monotonicMs: atMs,
});
const failover = [ack(1, 'orders-1', 10), ack(2, 'orders-1', 20), ack(3, 'orders-2', 500), ack(4, 'orders-2', 510)];

test('service is back with the first write that the new primary acknowledges', () => {
  expect(firstAckMs(failover, 'orders-2', 100)).toBe(500);
  expect(firstAckMs(failover, 'orders-3', 100)).toBeUndefined();
  expect(firstAckMs([ack(5, 'orders-2', 450, true), ...failover], 'orders-2', 100)).toBe(500);
});

test('the pause is the longest time without an acknowledgement, edges included', () => {
  expect(longestPauseMs(failover, { fromMs: 0, toMs: 600 })).toBe(480);
  expect(longestPauseMs([], { fromMs: 0, toMs: 600 })).toBe(600);
  expect(longestPauseMs(failover, { fromMs: 505, toMs: 900 })).toBe(390);
});
