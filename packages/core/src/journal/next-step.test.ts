// What the journal says is next: folded from its events, the same before and after a crash, and never an act without a look
// right before it. An event that can't follow is a bug and throws.
import { caseOf, tell, T } from '@petrov/sim/cases';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../plan/index.ts';
import {
  ATTEMPTS_MAX,
  foldSteps,
  hasStarted,
  isDone,
  mayBePending,
  type JournalEvent,
  LOOK_FRESH_MS,
  nextStep,
  type Run,
  wasSent,
} from './index.ts';

const outcome = buildPlan(
  caseOf([...tell([0, 20], {}), ...tell([20, 30], { reads: 'refused', host: 'absent' })], {
    nowS: 29,
    suspectedSinceMs: T + 20_000,
  }),
  1,
);
if (!outcome.ok) throw new Error(outcome.because);
const { plan } = outcome;
const unfence = { ...plan.steps[1], id: 'unfence', verb: 'unfence', isFollowUp: false } as Run['plan']['steps'][number];
const runOf = (journal: readonly JournalEvent[], more: Partial<Run> = {}): Run => ({
  id: 'orders-p1-r1',
  proposal: 'orders-p1',
  revision: 1,
  cluster: 'orders',
  planDigest: 'x',
  plan,
  capBytes: 0,
  startedAtMs: 0,
  journal: [...journal],
  ...more,
});
const started = (step: string, attempt = 1, atMs = 0): JournalEvent => ({ type: 'started', step, attempt, atMs });
const ended = (type: 'done' | 'refused' | 'ambiguous', step: string, attempt = 1, atMs = 0): JournalEvent =>
  type === 'done' ? { type, step, attempt, atMs, says: type, facts: {} } : { type, step, attempt, atMs, says: type };
const did = (step: string, attempt = 1, atMs = 0) => [started(step, attempt, atMs), ended('done', step, attempt, atMs)];
const tried = (step: string, attempt = 1, atMs = 0) => [
  started(step, attempt, atMs),
  ended('ambiguous', step, attempt, atMs),
];
/** As the process that wrote the journal finds it, whose clocks go alike. */
function ask(run: Run, nowMs: number) {
  const done = run.journal.flatMap((e) => (e.type === 'done' ? [[e.step, nowMs - e.atMs] as const] : []));
  return nextStep(run, nowMs, Object.fromEntries(done));
}
const next = (run: Run, nowMs = 0) => {
  const { kind, ...rest } = ask(run, nowMs);
  return 'step' in rest ? `${kind} ${rest.step.id}${'attempt' in rest ? ` ${rest.attempt}` : ''}` : kind;
};
const upToPromote = [...did('look'), ...did('fence'), ...did('settle')];

describe('the steps', () => {
  it('are folded from the events', () => {
    const steps = foldSteps(runOf([...did('look'), started('fence')]));
    expect(steps.map((s) => s.state)).toEqual(['done', 'running', 'waiting', 'waiting', 'waiting', 'waiting']);
    expect([hasStarted(runOf(did('look')), 'fence'), isDone(runOf(did('look')), 'look')]).toEqual([false, true]);
  });

  it.each([
    ['an answer to nothing', [ended('done', 'look')]],
    ['a start while it runs', [started('look'), started('look', 2)]],
    ['an attempt left out', [started('look', 2)]],
    ['an answer to another attempt', [started('look'), ended('done', 'look', 2)]],
    ['a second answer', [...did('look'), ended('refused', 'look')]],
  ])('can’t be folded from %s', (_, journal) => {
    expect(() => foldSteps(runOf(journal))).toThrow(/^journal: /);
  });
});

describe('next', () => {
  it.each<[string, readonly JournalEvent[], string]>([
    ['nothing yet', [], 'start look 1'],
    ['a look under way', [started('look')], 'wait look 1'],
    ['a look done', did('look'), 'start fence 1'],
    ['fenced', [...did('look'), ...did('fence')], 'start settle 1'],
    ['settled', upToPromote, 'start promote 1'],
    ['promoted', [...upToPromote, ...did('promote')], 'start verify 1'],
    ['verified', [...upToPromote, ...did('promote'), ...did('verify')], 'start repoint-orders-3 1'],
    [
      'a follow-up refused',
      [
        ...upToPromote,
        ...did('promote'),
        ...did('verify'),
        started('repoint-orders-3'),
        ended('refused', 'repoint-orders-3'),
      ],
      'end',
    ],
    ['a look refused', [started('look'), ended('refused', 'look')], 'stuck look'],
    ['a look unclear', tried('look'), 'start look 2'],
    ['three looks unclear', [1, 2, 3].flatMap((n) => tried('look', n)), 'stuck look'],
    ['a promote unclear: settle first', [...upToPromote, ...tried('promote')], 'start settle 2'],
    ['a promote unclear, settled again', [...upToPromote, ...tried('promote'), ...did('settle', 2)], 'start promote 2'],
    ['a fence unclear: look first', [...did('look'), ...tried('fence')], 'start look 2'],
    ['a fence unclear, looked again', [...did('look'), ...tried('fence'), ...did('look', 2)], 'start fence 2'],
    [
      'resumed after a refusal',
      [...upToPromote, started('promote'), ended('refused', 'promote'), { type: 'resumed', atMs: 0, by: 'ada' }],
      'start settle 2',
    ],
    [
      'resumed right after a look: look again, a person did something meanwhile',
      [
        ...[1, 2, 3].flatMap((n) => [...did('look', n), ...tried('fence', n)]),
        ...did('look', 4),
        { type: 'resumed', atMs: 0, by: 'ada' },
      ],
      'start look 5',
    ],
  ])('%s', (_, journal, what) => {
    expect(next(runOf(journal))).toBe(what);
  });

  it('looks and settles again when that was 3 s ago, or lies in the future of a clock that stepped back', () => {
    expect(next(runOf(did('look')), LOOK_FRESH_MS)).toBe('start fence 1');
    expect(next(runOf(did('look')), LOOK_FRESH_MS + 1)).toBe('start look 2');
    expect(next(runOf(upToPromote), LOOK_FRESH_MS + 1)).toBe('start settle 2');
    expect(next(runOf(upToPromote), -1)).toBe('start settle 2');
    expect(next(runOf([...upToPromote, ...did('promote')]), 3_600_000)).toBe('start verify 1');
  });

  it('looks again by either clock, and after a look of another process or of another step', () => {
    const looked = runOf(did('look'));
    const after = (...now: [nowMs: number, ages?: Parameters<typeof nextStep>[2]]) => {
      const what = nextStep(looked, ...now);
      return what.kind === 'start' ? what.step.id : what.kind;
    };
    expect(after(1_000, { look: LOOK_FRESH_MS })).toBe('fence');
    // Set back by two seconds since: the time of day finds it young.
    expect(after(1_500, { look: LOOK_FRESH_MS + 1 })).toBe('look');
    // The machine slept: the other clock does.
    expect(after(LOOK_FRESH_MS + 1, { look: 500 })).toBe('look');
    expect([after(0), after(0, { settle: 0 })]).toEqual(['look', 'look']);
  });

  it('fences again what giving up began to un-fence, looks before and settles after', () => {
    const resumed: JournalEvent = { type: 'resumed', atMs: 0, by: 'ada' };
    const lifted = [...upToPromote, started('promote'), ended('refused', 'promote'), ...tried('unfence'), resumed];
    expect(next(runOf(lifted))).toBe('start look 2');
    const looked = [...lifted, ...did('look', 2)];
    expect(next(runOf(looked))).toBe('start fence 2');
    const fenced = [...looked, ...did('fence', 2)];
    expect(next(runOf(fenced))).toBe('start settle 2');
    expect(next(runOf([...fenced, ...did('settle', 2)]))).toBe('start promote 2');
  });

  it('of a run that is given up is of its own steps only', () => {
    const abandoning = { by: 'ada', atMs: 0, reason: 'x', steps: [unfence] };
    const given = (journal: readonly JournalEvent[]) =>
      next(runOf([...did('look'), ...tried('fence'), ...journal], { abandoning }));
    expect([given([]), given([started('unfence')]), given(did('unfence'))]).toEqual([
      'start unfence 1',
      'wait unfence 1',
      'end',
    ]);
    expect(given([started('unfence'), ended('refused', 'unfence')])).toBe('stuck unfence');
  });

  it('walked blindly never acts without a look, never promotes twice, and always ends', () => {
    const answer = fc.constantFrom<'done' | 'refused' | 'ambiguous'>('done', 'done', 'done', 'refused', 'ambiguous');
    fc.assert(
      fc.property(fc.array(fc.tuple(answer, fc.constantFrom(0, 0, 2_000, 10_000)), { maxLength: 60 }), (answers) => {
        let [journal, nowMs]: [JournalEvent[], number] = [[], 0];
        let promoted = 0;
        for (const [ending, passes] of answers) {
          nowMs += passes;
          const what = ask(runOf(journal), nowMs);
          if (what.kind === 'end') return;
          if (what.kind === 'stuck') journal = [...journal, { type: 'resumed', atMs: nowMs, by: 'ada' }];
          if (what.kind !== 'start') continue;
          const { step, attempt } = what;
          const guard = { fence: 'look', promote: 'settle' }[step.verb as string];
          if (guard !== undefined) {
            const last = journal.findLast((e) => 'step' in e && e.type === 'done');
            expect(last).toMatchObject({ step: guard });
            expect(nowMs - (last?.atMs ?? -Infinity)).toBeLessThanOrEqual(LOOK_FRESH_MS);
          }
          if (step.verb === 'promote') expect(promoted).toBe(0);
          if (step.verb === 'promote' && ending === 'done') promoted += 1;
          expect(attempt).toBeGreaterThan(0);
          journal = [...journal, started(step.id, attempt, nowMs), ended(ending, step.id, attempt, nowMs)];
          foldSteps(runOf(journal));
        }
      }),
    );
    expect(ATTEMPTS_MAX).toBe(3);
  });
});

describe('what was sent', () => {
  const over = (type: 'refused' | 'ambiguous', attempt: number, isUnsent?: true): JournalEvent[] => {
    const event = { step: 'promote', attempt, atMs: 0, says: type };
    const ended: JournalEvent =
      type === 'refused' ? { ...event, type } : { ...event, type, ...(isUnsent === undefined ? {} : { isUnsent }) };
    return [started('promote', attempt), ended];
  };
  it.each<[string, JournalEvent[], [boolean, boolean]]>([
    ['nothing, before it was tried', [], [false, false]],
    ['pending while nobody has answered', [started('promote')], [true, true]],
    ['pending when its end is not known', over('ambiguous', 1), [true, true]],
    ['over when it was refused', over('refused', 1), [true, false]],
    ['nothing when it was never handed out', over('ambiguous', 1, true), [false, false]],
    ['pending still, whatever later tries came to', [...over('ambiguous', 1), ...over('refused', 2)], [true, true]],
    [
      'pending still, when the next was not handed out',
      [...over('ambiguous', 1), ...over('ambiguous', 2, true)],
      [true, true],
    ],
  ])('is %s', (_, journal, [sent, pending]) => {
    expect([wasSent(runOf(journal), 'promote'), mayBePending(runOf(journal), 'promote')]).toEqual([sent, pending]);
  });
});
