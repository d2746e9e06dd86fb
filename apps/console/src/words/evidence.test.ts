// Rows that people read: sources that claim the same stand together, and what is gone or new is marked.
import type { Assessment, Evidence } from '@petrov/core/assessment';
import { expect, test } from 'vitest';
import { countOf, groupAlike, seenNow, whoSays } from './evidence.ts';

const item = (source: string, says: string, rest: Partial<Evidence> = {}): Evidence => ({
  id: `reach/${source}`,
  kind: 'reach',
  source,
  says,
  sinceAtMs: 1_000,
  ...rest,
});
const three = ['w-a', 'w-b', 'w-c'].map((id) =>
  item(id, `${id}: connection refused at orders-1`, { zone: id.slice(2) }),
);

test('sources of one kind that claim the same are one row with all of their names and zones', () => {
  const [group, ...others] = groupAlike([...three, item('w-d', 'w-d: no answer at orders-1')]);
  expect(group?.says).toBe('3 witnesses, each: connection refused at orders-1');
  expect(group === undefined ? '' : whoSays(group.items)).toBe('w-a, w-b, w-c · zones a, b, c');
  expect(others.map((one) => one.says)).toEqual(['w-d: no answer at orders-1']);
});

test('one source alone keeps its own words', () => {
  expect(groupAlike(three.slice(0, 1)).map((group) => group.says)).toEqual(['w-a: connection refused at orders-1']);
});

test('an item that the newest assessment no longer has is gone, and its age comes from the newest where it is', () => {
  const newest = {
    for: [{ ...item('w-a', 'w-a: connection refused at orders-1'), seenAtMs: 9_000 }],
    against: [],
    unknown: [],
  };
  const seen = seenNow(three.slice(0, 2), newest as unknown as Assessment, new Set(['reach/w-a']));
  expect(seen.map(({ id, isGone, isNew, seenAtMs }) => ({ id, isGone, isNew, seenAtMs }))).toEqual([
    { id: 'reach/w-a', isGone: false, isNew: false, seenAtMs: 9_000 },
    { id: 'reach/w-b', isGone: true, isNew: true, seenAtMs: undefined },
  ]);
});

test('nothing against says that nothing was found, for counts its kinds', () => {
  expect([countOf('against', []), countOf('unknown', []), countOf('for', three)]).toEqual([
    'none found',
    'nothing',
    '3 items, 1 kind',
  ]);
});
