// Approving is the only answer that stale news takes away; a frozen, lost or sending page takes them all.
import type { ProposalView } from '@petrov/core/wire';
import { expect, test } from 'vitest';
import { type Situation, whyNot } from './may-answer.ts';

const view = {
  isFresh: true,
  possible: [
    { kind: 'approve', isPossible: true },
    { kind: 'reject', isPossible: true },
    { kind: 'hold', isPossible: false, because: 'it is held already' },
  ],
} as unknown as ProposalView;
const calm: Situation = { view, live: 'live', isFrozen: false, isSending: false, viewAgeMs: 900 };

test('on a calm page what the controller calls possible may be pressed, the rest says its reason', () => {
  expect(whyNot('approve', calm)).toBeUndefined();
  expect(whyNot('reject', calm)).toBeUndefined();
  expect(whyNot('hold', calm)).toBe('it is held already');
  expect(whyNot('resume', calm)).toBe('This can’t be answered now.');
});

test.each([
  ['a newer revision exists', { isFrozen: true }],
  ['the live line is gone', { live: 'gone' }],
  ['an answer is on its way', { isSending: true }],
] as const)('when %s nothing may be pressed', (_case, change) => {
  for (const kind of ['approve', 'reject', 'hold'] as const) expect(whyNot(kind, { ...calm, ...change })).toBeDefined();
});

test('stale evidence and an old page take approving away and leave stopping', () => {
  for (const stale of [
    { ...calm, view: { ...view, isFresh: false } },
    { ...calm, viewAgeMs: 20_000 },
  ]) {
    expect(whyNot('approve', stale)).toBeDefined();
    expect(whyNot('reject', stale)).toBeUndefined();
  }
});

test('a line that only just broke is still joining and takes nothing away', () => {
  expect(whyNot('approve', { ...calm, live: 'joining' })).toBeUndefined();
});

test('of two who approve nobody is both; stopping stays theirs', () => {
  const waiting = { ...view, approvals: { people: 2, because: ['nothing fences'], by: ['u-1'] } };
  expect(whyNot('approve', { ...calm, view: waiting, me: 'u-1' })).toContain('another person is needed');
  expect(whyNot('reject', { ...calm, view: waiting, me: 'u-1' })).toBeUndefined();
  expect(whyNot('approve', { ...calm, view: waiting, me: 'u-2' })).toBeUndefined();
});
