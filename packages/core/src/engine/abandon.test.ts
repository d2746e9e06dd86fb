// What giving up takes back is what the journal says was begun, the dangerous first: a pending promotion, the fence, then
// whom the candidate follows and waits for.
import { caseOf, T, tell, topologyOf, threeMembers } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import type { JournalEvent, Run } from '../journal/index.ts';
import { buildPlan, type Step } from '../plan/index.ts';
import { abandonSteps } from './abandon.ts';

const quiet = { status: 'connecting', stillSinceS: 20 } as const;
const seen = [
  ...tell([0, 20], { syncState: 'quorum', peers: 'ok', standbys: { 'orders-2': { behind: 4_096 }, 'orders-3': {} } }),
  ...tell([20, 30], {
    reads: 'refused',
    host: 'absent',
    peers: 'refused',
    standbys: { 'orders-2': { ...quiet, behind: 4_096 }, 'orders-3': quiet },
  }),
];
const topology = topologyOf(threeMembers.map((m) => (m.id === 'orders-3' ? { ...m, priority: 0 } : m)));

function givenUp(began: readonly string[], ...more: readonly JournalEvent[]): readonly string[] {
  const outcome = buildPlan(caseOf(seen, { nowS: 29, suspectedSinceMs: T + 20_000, topology }), 1);
  if (!outcome.ok) throw new Error(outcome.because);
  const { plan } = outcome;
  const [first] = plan.steps;
  if (first === undefined) throw new Error('a plan without steps');
  const prepare: Step = { ...first, id: 'prepare', verb: 'prepare' };
  const steps = [...plan.steps.slice(0, 3), prepare, ...plan.steps.slice(3)];
  const journal = began.map((step): JournalEvent => ({ type: 'started', step, attempt: 1, atMs: T })).concat(more);
  const run: Run = {
    id: 'r',
    proposal: 'p',
    revision: 1,
    cluster: 'orders',
    planDigest: 'd',
    plan: { ...plan, steps },
    capBytes: 0,
    startedAtMs: T,
    journal,
  };
  return abandonSteps(run).map((s) => `${s.id} ${s.member}${s.from === undefined ? '' : ` from ${s.from}`}`);
}

describe('giving up', () => {
  it('takes nothing back of a run that only looked', () => {
    expect(givenUp(['look'])).toEqual([]);
  });

  it('lifts the fence, then gives the candidate back whom it followed and waited for', () => {
    expect(givenUp(['look', 'fence', 'fast-forward', 'prepare'])).toEqual([
      'unfence orders-1',
      'restore-sync orders-2',
      'drop-slots orders-2',
      'point-back orders-2 from orders-1',
    ]);
  });

  it('drops a promotion that may be pending before anything else', () => {
    expect(givenUp(['look', 'fence', 'settle', 'promote'])).toEqual([
      'drop-promotion orders-2',
      'unfence orders-1',
      'drop-slots orders-2',
    ]);
  });

  it('drops the slots that were made, by its agent’s word; without one, all that were to be made', () => {
    const fenced = (attempt: number, slotsMade?: string[]): JournalEvent => {
      const facts = slotsMade === undefined ? {} : { 'orders-2': { slotsMade } };
      return { type: 'done', step: 'fence', attempt, atMs: T, says: 'Fenced.', facts };
    };
    const again: JournalEvent = { type: 'started', step: 'fence', attempt: 2, atMs: T };
    const began = ['look', 'fence'];
    const dropped = (...events: JournalEvent[]) =>
      givenUp(began, ...events).some((step) => step.startsWith('drop-slots'));
    expect(dropped(fenced(1, ['orders_3']))).toBe(true);
    expect(dropped(fenced(1, []))).toBe(false);
    expect(dropped(fenced(1, ['orders_3']), again, fenced(2, []))).toBe(true);
    expect(dropped(fenced(1, []), again)).toBe(true);
    expect(dropped(fenced(1))).toBe(true);
  });
});
