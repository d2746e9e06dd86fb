// Numbers read aloud at three in the morning must not surprise.
import { expect, test } from 'vitest';
import { formatAge, formatBytes, formatSpan, formatTook, plural } from './format.ts';

test('a span grows from seconds to a clock to hours to days and never goes below zero', () => {
  const spans = [-5, 999, 59_999, 60_000, 151_000, 3_600_000, 172_800_000 + 4 * 3_600_000];
  expect(spans.map(formatSpan)).toEqual(['0 s', '0 s', '59 s', '1:00', '2:31', '1 h 00 min', '2 d 4 h']);
});

test('an age that is unknown says so instead of looking fresh', () => {
  expect(formatAge(undefined, 5_000)).toBe('never seen');
  expect(formatAge(4_000, 5_000)).toBe('1 s ago');
});

test('bytes carry their unit and at most one decimal', () => {
  expect([0, 136, 1_024, 1_536, 16_384, 16_777_216, 2 ** 41].map(formatBytes)).toEqual([
    '0 B',
    '136 B',
    '1 KiB',
    '1.5 KiB',
    '16 KiB',
    '16 MiB',
    '2 TiB',
  ]);
});

test('what took long is told to the tenth of a second, then as a span', () => {
  expect([0, 412, 12_000, 61_000].map(formatTook)).toEqual(['0.0 s', '0.4 s', '12.0 s', '1:01']);
});

test('one is singular, the rest are plural', () => {
  expect([plural(0, 'item'), plural(1, 'item'), plural(2_460, 'write')]).toEqual(['0 items', '1 item', '2,460 writes']);
});
