// Thresholds: presets fill what isn't given, what is given wins, a wrong key is named.
import { describe, expect, it } from 'vitest';
import { resolvePolicy } from './index.ts';

describe('a policy', () => {
  it('is the default one when nothing is given', () => {
    const policy = resolvePolicy(undefined);
    expect(policy).toMatchObject({
      preset: 'default',
      suspectBad: 3,
      suspectOf: 5,
      clearGood: 3,
      maxLossBytes: 16 << 20,
    });
    expect(policy.dwellMs).toEqual({ deadAnswers: 3_000, stopped: 8_000, hung: 15_000, silence: 8_000 });
  });

  it('takes the dwells of its preset, and each given one over it', () => {
    const { dwellMs } = resolvePolicy({ preset: 'calm', dwellMs: { hung: 1 } });
    expect(dwellMs).toEqual({ deadAnswers: 15_000, stopped: 30_000, hung: 1, silence: 60_000 });
  });

  it('of calm waits at least as long as default, default as fast', () => {
    const [fast, middle, calm] = (['fast', 'default', 'calm'] as const).map(
      (preset) => resolvePolicy({ preset }).dwellMs,
    );
    for (const name of ['deadAnswers', 'stopped', 'hung', 'silence'] as const) {
      expect(fast?.[name]).toBeLessThanOrEqual(middle?.[name] ?? 0);
      expect(middle?.[name]).toBeLessThanOrEqual(calm?.[name] ?? 0);
    }
  });

  it('stays what it is when it is resolved again', () => {
    const once = resolvePolicy({ preset: 'fast', coolDownMs: 1, dwellMs: { silence: 0 } });
    expect(resolvePolicy(once)).toEqual(once);
  });

  it.each([
    [{ dwel: 1 }, /dwel/],
    [{ suspectBad: 0 }, /suspectBad/],
    [{ fleetRatio: 2 }, /fleetRatio/],
    [{ preset: 'quick' }, /preset/],
    [{ dwellMs: { hung: -1 } }, /hung/],
  ])('that is wrong names the key: %j', (input, names) => {
    expect(() => resolvePolicy(input)).toThrow(names);
  });
});
