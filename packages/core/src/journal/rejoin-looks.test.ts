// Behind the fence of a rejoin: what is done to the member's data rests on the look before, which is repeated where anything may
// have changed since: before another attempt, by another process, after a person was asked.
import { describe, expect, it } from 'vitest';
import { ATTEMPTS_MAX, type JournalEvent, nextStep, type Run } from './index.ts';

const steps = ['look', 'fence', 'rewind', 'start-as-standby'].map((id) => ({ id, verb: id, member: 'orders-1' }));
const runOf = (journal: readonly JournalEvent[]) => ({ plan: { kind: 'rejoin', steps }, journal }) as unknown as Run;
const tried = (type: 'refused' | 'ambiguous', step: string, attempt = 1): JournalEvent[] => [
  { type: 'started', step, attempt, atMs: 0 },
  { type, step, attempt, atMs: 0, says: type },
];
const did = (step: string, attempt = 1): JournalEvent[] => [
  { type: 'started', step, attempt, atMs: 0 },
  { type: 'done', step, attempt, atMs: 0, says: 'done', facts: {} },
];
const resumed: JournalEvent = { type: 'resumed', atMs: 0, by: 'ada' };
const fenced = [...did('look'), ...did('fence')];
const rewound = [...fenced, ...did('rewind')];
/** Each attempt got no clear answer, and was looked after. */
const unclear = [1, 2].flatMap((n) => [...tried('ambiguous', 'rewind', n), ...did('look', n + 1)]);

describe('behind the fence of a rejoin', () => {
  const next = (journal: readonly JournalEvent[], looked: { look?: number } = {}, nowMs = 0) => {
    const { kind, ...rest } = nextStep(runOf(journal), nowMs, looked);
    return 'step' in rest ? `${kind} ${rest.step.id}${'attempt' in rest ? ` ${rest.attempt}` : ''}` : kind;
  };

  it.each<[string, readonly JournalEvent[], string]>([
    ['nothing tried', fenced, 'start rewind 1'],
    ['one thing done', rewound, 'start start-as-standby 1'],
    ['an attempt under way', [...fenced, ...tried('ambiguous', 'rewind').slice(0, 1)], 'wait rewind 1'],
    ['an attempt unclear', [...fenced, ...tried('ambiguous', 'rewind')], 'start look 2'],
    ['an attempt unclear, looked after', [...fenced, ...unclear.slice(0, 4)], 'start rewind 2'],
    ['the start unclear', [...rewound, ...tried('ambiguous', 'start-as-standby')], 'start look 2'],
    ['each attempt unclear', [...fenced, ...unclear, ...tried('ambiguous', 'rewind', ATTEMPTS_MAX)], 'stuck rewind'],
    ['an attempt refused', [...fenced, ...tried('refused', 'rewind')], 'stuck rewind'],
    ['resumed before it was tried', [...fenced, resumed], 'start look 2'],
    ['resumed then', [...fenced, ...tried('refused', 'rewind'), resumed], 'start look 2'],
    ['all done', [...rewound, ...did('start-as-standby')], 'end'],
  ])('%s', (_, journal, what) => {
    expect(next(journal, { look: 0 })).toBe(what);
  });

  it('what takes hours makes no look old; another process looks itself', () => {
    expect(next(rewound, { look: 3_600_000 }, 3_600_000)).toBe('start start-as-standby 1');
    expect([next(fenced), next(rewound)]).toEqual(['start look 2', 'start look 2']);
    expect(next([...rewound, ...did('start-as-standby')])).toBe('end');
  });

  it('a look that is asked for anew has as many tries as the first', () => {
    const looks = (times: number) => Array.from({ length: times }, (_, n) => tried('ambiguous', 'look', n + 4)).flat();
    expect(next([...fenced, ...unclear, ...looks(ATTEMPTS_MAX - 1)], { look: 0 })).toBe('start look 6');
    expect(next([...fenced, ...unclear, ...looks(ATTEMPTS_MAX)], { look: 0 })).toBe('stuck look');
  });
});
