import { expect, test } from 'vitest';
import { type Ack, findSplitBrain, firstAckMs, longestPauseMs, lostIds } from './acks.ts';

const ack = (id: number, member: string, atMs: number): Ack => ({ id: String(id), member, atMs });
const failover = [ack(1, 'orders-1', 10), ack(2, 'orders-1', 20), ack(3, 'orders-2', 500), ack(4, 'orders-2', 510)];

test('service is back with the first write that the new primary acknowledges', () => {
  expect(firstAckMs(failover, 'orders-2', 100)).toBe(500);
  expect(firstAckMs(failover, 'orders-3', 100)).toBeUndefined();
});

test('the pause is the longest time without an acknowledgement, edges included', () => {
  expect(longestPauseMs(failover, { fromMs: 0, toMs: 600 })).toBe(480);
  expect(longestPauseMs([], { fromMs: 0, toMs: 600 })).toBe(600);
  expect(longestPauseMs(failover, { fromMs: 505, toMs: 900 })).toBe(390);
});

test('members that take turns are no split brain; one that goes on after another began is', () => {
  expect(findSplitBrain(failover)).toBeUndefined();
  expect(findSplitBrain([...failover, ack(5, 'orders-1', 505)])).toEqual({
    earlier: 'orders-1',
    later: 'orders-2',
    atMs: 505,
  });
});

test('a lost write is one that was acknowledged and is gone', () => {
  expect(lostIds(failover, new Set(['1', '3', '4']))).toEqual(['2']);
});
