// How things are said: short enough for a phone, the same everywhere.
import { describe, expect, it } from 'vitest';
import { sayBytes, sayDuration, sayList, sayOutcome } from './index.ts';

describe('words', () => {
  it.each([
    [-5, '0.0 s'],
    [0, '0.0 s'],
    [440, '0.4 s'],
    [9_999, '10.0 s'],
    [12_400, '12 s'],
    [59_600, '1:00 min'],
    [151_000, '2:31 min'],
    [3_600_000, '1 h 0 min'],
    [11_100_000, '3 h 5 min'],
  ])('%d ms is said as %s', (ms, says) => {
    expect(sayDuration(ms)).toBe(says);
  });

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_024, '1 KiB'],
    [1_536, '1.5 KiB'],
    [65_536, '64 KiB'],
    [16_777_216, '16 MiB'],
    [5 * 1024 ** 3, '5 GiB'],
  ])('%d bytes are said as %s', (bytes, says) => {
    expect(sayBytes(bytes)).toBe(says);
  });

  it('lists names as people do', () => {
    expect([sayList([]), sayList(['a']), sayList(['a', 'b']), sayList(['a', 'b', 'c'])]).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
  });

  it('says outcomes, and what it does not know as it is', () => {
    expect([sayOutcome('refused'), sayOutcome('timeout'), sayOutcome('odd')]).toEqual([
      'connection refused',
      'no answer',
      'odd',
    ]);
  });
});
