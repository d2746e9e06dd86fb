// A sibling that the settling finds ahead: its WAL is taken by the step that the plan foresees for it, then it's settled again;
// what that step came to decides as with any other, and one that is always ahead isn't followed for ever.
import { caseOf, T, tell } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import type { Lsn } from '../cluster/index.ts';
import { buildPlan } from '../plan/index.ts';
import { type JournalEvent, nextStep, type Run } from './index.ts';

const outcome = buildPlan(
  caseOf(
    [...tell([0, 20], { peers: 'ok' }), ...tell([20, 30], { reads: 'refused', host: 'absent', peers: 'refused' })],
    {
      nowS: 29,
      suspectedSinceMs: T + 20_000,
    },
  ),
  1,
);
if (!outcome.ok) throw new Error(outcome.because);
const { plan } = outcome;

type Told = Exclude<JournalEvent['type'], 'started' | 'stopped' | 'resumed' | 'abandoned'>;
/** `ahead` is a settling that found orders-3 ahead. */
type One = readonly [string, Told | 'ahead'] | 'resumed';
function journalOf(...told: readonly One[]): JournalEvent[] {
  const attempts = new Map<string, number>();
  return told.flatMap((one): JournalEvent[] => {
    if (one === 'resumed') return [{ type: 'resumed', atMs: 0, by: 'ada' }];
    const [step, type] = one;
    const attempt = (attempts.get(step) ?? 0) + 1;
    attempts.set(step, attempt);
    const ended = { step, attempt, atMs: 0, says: `${step} ${type}` };
    const ahead = { member: 'orders-3', lsn: `0/${attempt}000000` as Lsn };
    return [
      { type: 'started', step, attempt, atMs: 0 },
      type === 'ahead'
        ? { ...ended, type: 'refused', ahead }
        : type === 'done'
          ? { ...ended, type, facts: {} }
          : { ...ended, type },
    ];
  });
}
function next(journal: readonly JournalEvent[]) {
  const run: Run = {
    id: 'orders-p1-r1',
    proposal: 'orders-p1',
    revision: 1,
    cluster: 'orders',
    planDigest: 'x',
    plan,
    capBytes: 0,
    startedAtMs: 0,
    journal: [...journal],
  };
  const what = nextStep(run, 0, { look: 0, settle: 0 });
  if (what.kind === 'end') return 'end';
  if (what.kind === 'stuck') return `stuck: ${what.says}`;
  const { id, from, atLeastLsn } = what.step;
  return [what.kind, id, what.attempt, from, atLeastLsn].filter((part) => part !== undefined).join(' ');
}
const fenced = [
  ['look', 'done'],
  ['fence', 'done'],
] as const;
const ahead = ['settle', 'ahead'] as const;
const took = ['fast-forward', 'done'] as const;
const unclear = ['fast-forward', 'ambiguous'] as const;

describe('after the fence', () => {
  it.each<[string, readonly One[], string]>([
    ['nobody is looked at before the settling', [...fenced], 'start settle 1'],
    ['nobody ahead: nothing is taken', [...fenced, ['settle', 'done']], 'start promote 1'],
    ['a sibling ahead: its WAL is taken', [...fenced, ahead], 'start fast-forward 1 orders-3 0/1000000'],
    ['taken: it is settled again', [...fenced, ahead, took], 'start settle 2'],
    ['taken and settled', [...fenced, ahead, took, ['settle', 'done']], 'start promote 1'],
    ['ahead once more', [...fenced, ahead, took, ahead], 'start fast-forward 2 orders-3 0/2000000'],
    ['ahead for ever', [...fenced, ahead, took, ahead, took, ahead, took, ahead], 'stuck: settle ahead'],
    ['not to be had', [...fenced, ahead, ['fast-forward', 'refused']], 'stuck: fast-forward refused'],
    ['unclear: asked again', [...fenced, ahead, unclear], 'start fast-forward 2 orders-3 0/1000000'],
    ['unclear for ever', [...fenced, ahead, unclear, unclear, unclear], 'stuck: fast-forward ambiguous'],
    [
      'resumed after that: the positions first',
      [...fenced, ahead, ['fast-forward', 'refused'], 'resumed'],
      'start settle 2',
    ],
    ['refused for anything else', [...fenced, ['settle', 'refused']], 'stuck: settle refused'],
  ])('%s', (_, told, what) => {
    expect(next(journalOf(...told))).toBe(what);
  });

  it('waits for what is being taken', () => {
    const journal = journalOf(...fenced, ahead);
    expect(next([...journal, { type: 'started', step: 'fast-forward', attempt: 1, atMs: 0 }])).toBe(
      'wait fast-forward 1 orders-3 0/1000000',
    );
  });
});
