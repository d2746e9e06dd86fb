// The reading of a writer's log, on lines made by hand.
import { expect, test } from 'vitest';
import type { WriterLine } from './writer-config.ts';
import { readLines } from './writer-log.ts';

function ack(member: string, ms: number, pinned = false): WriterLine {
  return {
    kind: 'ack',
    id: ms,
    member,
    connection: pinned ? `pinned-${member}` : 'w1',
    pinned,
    atMs: ms,
    monotonicMs: ms,
  };
}
function fail(ms: number): WriterLine {
  return { kind: 'fail', connection: 'w1', member: null, says: 'no member takes writes', atMs: ms, monotonicMs: ms };
}

test('service is away from the first failed write to the next acknowledged one', () => {
  const log = readLines([ack('a', 10), fail(20), fail(70), ack('b', 120), fail(200)]);
  expect(log.unavailable.map((period) => [period.fromMs, period.toMs])).toEqual([
    [20, 120],
    [200, null],
  ]);
});

test('a pinned connection does not end a period without service', () => {
  const log = readLines([fail(20), ack('a', 30, true), ack('a', 40)]);
  expect(log.unavailable.map((period) => period.toMs)).toEqual([40]);
});

test('a failover is no split brain', () => {
  expect(readLines([ack('a', 10), ack('a', 500), ack('b', 3_000), ack('b', 3_100)]).splitBrains).toEqual([]);
});

test('one acknowledgement of another member in between is a split brain', () => {
  const log = readLines([ack('a', 10), ack('a', 500), ack('b', 600, true), ack('a', 900)]);
  expect(log.splitBrains).toEqual([{ members: ['a', 'b'], fromMonotonicMs: 600, toMonotonicMs: 600 }]);
});

test('going back to the first member later is no split brain', () => {
  expect(readLines([ack('a', 10), ack('b', 3_000), ack('a', 6_000)]).splitBrains).toEqual([]);
});
