// A figure counts only with all of Petrov's care inside: each part taken away from a run's store or record is named.
import type { JournalEvent } from '@petrov/core/journal';
import { LOOK_FRESH_MS } from '@petrov/core/journal';
import { buildPlan } from '@petrov/core/plan';
import type { AuditEntryView } from '@petrov/core/wire';
import { caseOf, T, tell } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { findOff, type RoundFacts } from './inside.ts';
import { partsOf } from './parts.ts';

const outcome = buildPlan(
  caseOf([...tell([0, 20], {}), ...tell([20, 30], { reads: 'refused', host: 'absent' })], {
    nowS: 29,
    suspectedSinceMs: T + 20_000,
  }),
  1,
);
if (!outcome.ok) throw new Error(outcome.because);
const { plan } = outcome;
const proof = { processesLeft: 0, fenced: true, standbySignal: true, sharedMemoryAttached: false };
const stored = plan.steps
  .filter((step) => !step.isFollowUp)
  .flatMap(({ id: step, verb }, index): JournalEvent[] => [
    { type: 'started', step, attempt: 1, atMs: index * 100 },
    {
      type: 'done',
      step,
      attempt: 1,
      atMs: index * 100 + 90,
      says: '',
      facts: verb === 'fence' ? { [plan.primary]: proof } : {},
    },
  ]);
const entry = (code: string, step?: string): AuditEntryView => ({
  seq: 1,
  atMs: 0,
  code,
  says: '',
  actor: { kind: 'service', id: 'x', name: 'x' },
  proposal: 'p1',
  payload: step === undefined ? {} : { step },
  hash: '',
});
const audit = [
  ...['P2001', 'P2003', 'P3001', 'P3009'].map((code) => entry(code)),
  ...plan.steps.flatMap(({ id }) => [entry('P3002', id), entry('P3003', id)]),
];
const whole: RoundFacts = {
  proposal: 'p1',
  plan,
  stored,
  audit,
  verification: { ok: true, entries: audit.length, says: 'whole' },
};
const without = (step: string): RoundFacts => ({
  ...whole,
  stored: stored.filter((event) => !('step' in event) || event.step !== step),
});

describe('what was inside', () => {
  it('is all of it for a run as it should be', () => {
    expect(findOff(whole)).toEqual([]);
  });

  it('needs no step that was never due, and all of one that was', () => {
    const [step] = plan.steps;
    if (step === undefined) throw new Error('a plan without steps');
    const ahead = { ...step, id: 'fast-forward', verb: 'fast-forward' as const, ifAhead: ['orders-3'] };
    const conditional = { ...whole, plan: { ...plan, steps: [...plan.steps, ahead] } };
    expect(findOff(conditional)).toEqual([]);
    const begun: JournalEvent = { type: 'started', step: ahead.id, attempt: 1, atMs: 0 };
    expect(findOff({ ...conditional, stored: [begun, ...stored] })).toEqual([
      "journal: start and end of fast-forward aren't in the store",
      "audit: fast-forward isn't on the record",
    ]);
  });

  it('misses a look that was left out, or that was too old', () => {
    expect(findOff(without('look'))).toContain('look: nobody looked before fence');
    expect(findOff(without('settle'))).toContain('look: nobody looked before promote');
    const late = stored.map((event) =>
      event.type === 'started' && event.step === 'promote' ? { ...event, atMs: event.atMs + LOOK_FRESH_MS } : event,
    );
    expect(findOff({ ...whole, stored: late })).toEqual([
      `look: it was ${LOOK_FRESH_MS + 10} ms old at the start of promote`,
    ]);
  });

  it('misses a fence that was left out, that came too late, or that proved nothing', () => {
    const left = `fence: ${plan.primary} wasn't fenced before the promotion`;
    expect(findOff(without('fence'))).toContain(left);
    const fence = stored.filter((event) => 'step' in event && event.step === 'fence');
    expect(findOff({ ...whole, stored: [...without('fence').stored, ...fence] })).toContain(left);
    const unproven = stored.map((event) => (event.type === 'done' ? { ...event, facts: {} } : event));
    expect(findOff({ ...whole, stored: unproven })).toEqual([`fence: ${plan.primary} was fenced without proof`]);
  });

  it('misses each step whose start or end is not in the store', () => {
    expect(findOff(without('verify'))).toEqual(["journal: start and end of verify aren't in the store"]);
    expect(findOff({ ...whole, stored: [] })).toHaveLength(3 + 5);
  });

  it('misses what is not on the record, or a record that is not whole', () => {
    expect(findOff({ ...whole, audit: audit.filter(({ code }) => code !== 'P2003') })).toEqual([
      "audit: P2003 isn't on the record",
    ]);
    const unended = audit.filter(({ code, payload }) => code !== 'P3003' || payload['step'] !== 'fence');
    expect(findOff({ ...whole, audit: unended })).toEqual(["audit: fence isn't on the record"]);
    const torn = { ok: false, entries: 3, says: 'entry 2 was changed' };
    expect(findOff({ ...whole, verification: torn })).toEqual(['audit: entry 2 was changed']);
  });
});

describe('the parts of the time', () => {
  it('add up to the whole', () => {
    const parts = partsOf(stored, { plan, approvedAtMs: -40, writableAtMs: 420 });
    expect(parts).toEqual({ decide: 40, look: 90, fence: 100, settle: 100, promote: 100, client: 30 });
  });
});
