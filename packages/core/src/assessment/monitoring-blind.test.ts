// We are blind only where somebody else saw it alive since it was suspected: the last words of a host that died, heard just
// before, are no such word.
import { type Receiving, T, tell, type Told } from '@petrov/sim/cases';
import { judgeEachSecond } from '@petrov/sim/judge-each-second';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';

const well = tell([0, 20], { host: 'running', peers: 'ok' });
/** What a standby tells each second of a primary that fell silent at second 20. */
const starves = (second: number): Told => {
  const hears: Receiving = { stillSinceS: 20, ageMs: (second - 20) * 1_000 };
  return { reads: 'timeout', peers: 'timeout', standbys: { 'orders-2': hears, 'orders-3': hears } };
};
const eachSecond = (from: number, to: number, told: (second: number) => Told): readonly Observation[] =>
  Array.from({ length: to - from }, (_, i) => tell([from + i, from + i + 1], told(from + i))).flat();
const verdicts = (seen: readonly Observation[]) => [
  ...new Set(judgeEachSecond(seen, { untilS: 39 }).map((a) => a.verdict)),
];

describe('a host that is gone', () => {
  it('is neither called a blindness of ours nor an isolation, though its agent was heard a moment before', () => {
    expect(verdicts([...well, ...eachSecond(20, 40, starves)])).toEqual(['healthy', 'inconclusive', 'primary-down']);
  });

  it('isn’t saved by standbys that fell silent with it', () => {
    const silent = tell([20, 40], { reads: 'refused', standbys: {} });
    expect(verdicts([...well, ...silent])).toEqual(['healthy', 'inconclusive']);
  });
});

describe('a monitoring network that is cut', () => {
  const called = (more: Told) =>
    judgeEachSecond([...well, ...tell([20, 40], { reads: 'timeout', standbys: {}, ...more })], { untilS: 39 })
      .filter((a) => a.verdict === 'monitoring-blind')
      .map((a) => (a.atMs - T) / 1_000)[0];

  it('is called with the third bad answer by whoever goes on seeing it alive', () => {
    expect(called({ host: 'running' })).toBe(22);
    expect(called({ peers: 'ok' })).toBe(22);
    expect(called({ client: { succeeded: 9, failed: 0 } })).toBe(22);
    expect(called({ standbys: { 'orders-2': {} } })).toBe(22);
    expect(called({ standbys: { 'orders-2': { stillSinceS: 20, ageMs: 100 } } })).toBe(22);
  });
});
