// Two members that take writes at the same time are told at once; one that died and another that took over are not two.
import { caseOf, lsnAt, SYSTEM_ID, T, tell } from '@petrov/sim/cases';
import { expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';
import { assess } from './assess.ts';

type Life = {
  readonly fromS: number;
  readonly toS: number;
  readonly latencyMs?: number;
  readonly startedAtMs?: number;
};

/** What w-b sees of orders-3 over a period: out of recovery, on a newer timeline. */
function writable({ fromS, toS, latencyMs = 5, startedAtMs = T }: Life): readonly Observation[] {
  return Array.from({ length: toS - fromS }, (_, s) => ({
    by: 'w-b',
    cluster: 'orders',
    member: 'orders-3',
    probe: 'sql',
    outcome: 'ok',
    atMs: T + (fromS + s) * 1_000 + 500,
    latencyMs,
    facts: { inRecovery: false, timeline: 2, lsn: lsnAt(fromS + s), systemId: SYSTEM_ID, startedAtMs },
  }));
}

const judge = (seen: readonly Observation[], nowS: number) => assess(caseOf(seen, { nowS }), {}).assessment;
const dies = tell([20, 40], { reads: 'refused', standbys: {} });

it('is called as soon as a second one is seen beside the first, and paged', () => {
  const seen = [...tell([0, 22], {}), ...writable({ fromS: 20, toS: 22 })];
  expect(judge(seen, 22)).toMatchObject({ verdict: 'split-brain', action: 'page' });
  expect(judge(seen, 22).headline).toBe('Two members take writes: orders-1 and orders-3.');
});

it('is none while the first was seen so only before the second, however lately', () => {
  const seen = [...tell([0, 20], {}), ...dies, ...writable({ fromS: 21, toS: 24 })];
  expect(judge(seen, 23).verdict).not.toBe('split-brain');
});

it('is none by a look at the first that began before the second was seen', () => {
  const slow = tell([0, 22], {}).map((one) => (one.probe === 'sql' ? { ...one, latencyMs: 4_000 } : one));
  expect(judge([...slow, ...writable({ fromS: 20, toS: 22 })], 22).verdict).not.toBe('split-brain');
});

it('is called again when the first returns, in a new life', () => {
  const back = writable({ fromS: 40, toS: 42, startedAtMs: T + 39_000 }).map((one) => ({ ...one, member: 'orders-1' }));
  const promoted = writable({ fromS: 25, toS: 42 });
  const before = [...tell([0, 20], {}), ...dies, ...promoted.slice(0, 14)];
  expect(judge(before, 38).verdict).not.toBe('split-brain');
  expect(judge([...before, ...promoted.slice(14), ...(back as Observation[])], 42).verdict).toBe('split-brain');
});
