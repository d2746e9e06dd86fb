// Every form of synchronous_standby_names, and what isn't one.
import { describe, expect, it } from 'vitest';
import { formatSyncNames, parseSyncNames } from './sync-names.ts';

describe('synchronous_standby_names', () => {
  const first = (number: number, ...names: string[]) => ({ method: 'first', number, names });
  const any = (number: number, ...names: string[]) => ({ method: 'any', number, names });
  it.each<[string, ReturnType<typeof first> | undefined]>([
    ['', first(0)],
    ['a', first(1, 'a')],
    ['a, b', first(1, 'a', 'b')],
    ['2 (a, b)', first(2, 'a', 'b')],
    ['2(a)', first(2, 'a')],
    ['FIRST 1 (a, b,c)', first(1, 'a', 'b', 'c')],
    ['any 1 ("orders-2", "orders-3")', any(1, 'orders-2', 'orders-3')],
    ['ANY 1 (*)', any(1, '*')],
    ['*', first(1, '*')],
    ['"a ""quoted"", name"', first(1, 'a "quoted", name')],
    ['ANY 1 ()', undefined],
    ['a b', undefined],
    ['a,', undefined],
    ['ANY 1 (a', undefined],
    ['"a', undefined],
  ])('%s', (text, wait) => {
    const read = parseSyncNames(text);
    expect(read).toEqual(wait);
    if (read !== undefined) expect(parseSyncNames(formatSyncNames(read))).toEqual(read);
  });

  it('is written with every name in quotes, and with none for nobody', () => {
    const wait = parseSyncNames('2 (a, "B""c", *)');
    expect(wait === undefined ? '' : formatSyncNames(wait)).toBe('FIRST 2 ("a", "B""c", *)');
    expect(formatSyncNames({ method: 'any', number: 0, names: ['a'] })).toBe('');
  });
});
