// Every form of synchronous_standby_names, and what isn't one.
import { describe, expect, it } from 'vitest';
import { parseSyncNames } from './sync-names.ts';

describe('synchronous_standby_names', () => {
  it.each<[string, readonly string[] | undefined]>([
    ['', []],
    ['a', ['a']],
    ['a, b', ['a', 'b']],
    ['2 (a, b)', ['a', 'b']],
    ['FIRST 1 (a, b,c)', ['a', 'b', 'c']],
    ['any 1 ("orders-2", "orders-3")', ['orders-2', 'orders-3']],
    ['ANY 1 (*)', ['*']],
    ['*', ['*']],
    ['"a ""quoted"", name"', ['a "quoted", name']],
    ['ANY 1 ()', undefined],
    ['a b', undefined],
    ['a,', undefined],
    ['ANY 1 (a', undefined],
    ['"a', undefined],
  ])('%s', (text, names) => {
    expect(parseSyncNames(text)).toEqual(names);
  });
});
