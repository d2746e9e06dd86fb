import { describe, expect, it } from 'vitest';
import { figuresOf } from './figures.ts';

describe('figures', () => {
  it('of nothing are not there', () => {
    expect(figuresOf([])).toBeUndefined();
  });

  it('of one are that one', () => {
    expect(figuresOf([120.4])).toEqual({ n: 1, medianMs: 120, p90Ms: 120, minMs: 120, maxMs: 120 });
  });

  it('of many are the middle and the nearest rank, in whatever order they came', () => {
    const values = [10, 1, 9, 2, 8, 3, 7, 4, 6, 5].map((one) => one * 100);
    expect(figuresOf(values)).toEqual({ n: 10, medianMs: 550, p90Ms: 900, minMs: 100, maxMs: 1_000 });
    expect(figuresOf([300, 100, 200])?.medianMs).toBe(200);
  });
});
