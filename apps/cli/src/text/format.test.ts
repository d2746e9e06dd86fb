// Numbers and tables as a person reads them.
import { describe, expect, it } from 'vitest';
import { formatBytes, formatDuration, parseDuration } from './format.ts';
import { renderTable } from './table.ts';

describe('numbers', () => {
  it('carry the unit that fits', () => {
    expect([0, 512, 16_384, 16_777_216, 5e12].map(formatBytes)).toEqual([
      '0 B',
      '512 B',
      '16.0 KiB',
      '16.0 MiB',
      '4.5 TiB',
    ]);
    expect([340, 12_400, 151_000, 7_500_000, 3e8].map(formatDuration)).toEqual([
      '0.3 s',
      '12 s',
      '2 min 31 s',
      '2 h 5 min',
      '3 days',
    ]);
  });

  it('are read as people write durations', () => {
    expect(['5m', '90s', '1h30m', '500ms', '2min'].map(parseDuration)).toEqual([
      300_000, 90_000, 5_400_000, 500, 120_000,
    ]);
    expect(['', '5', 'm', '5 m', '5d', '-5m'].map(parseDuration)).toEqual(Array(6).fill(undefined));
  });
});

describe('a table', () => {
  it('aligns its columns and leaves empty ones out', () => {
    const text = renderTable(
      ['member', 'upstream', 'lag'],
      [
        ['orders-1', undefined, '0 B'],
        ['o', '', '16.0 KiB'],
      ],
    );
    expect(text).toBe('member    lag\norders-1  0 B\no         16.0 KiB');
  });
});
