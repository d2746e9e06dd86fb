// Goal: no order of reports, answers, results, deaths and doubles breaks a promise. Method: from each point of a straight
// run, breadth-first over all that may happen within so many letters in a small world, each promise checked at each step by
// code that shares nothing with the guards; then each guard is taken out on purpose, and the search must find what it kept
// away. `tests/long/explore.long.ts` looks further.
import { explore, type InvariantId } from '@petrov/sim/explore';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type * as WhoMay from '../approval/who-may.ts';
import { type ProposalState, stateSays } from '../proposal/index.ts';
import type * as NextStep from '../journal/next-step.ts';
import type * as MakeSteps from '../plan/make-steps.ts';
import type * as JudgeLook from './judge-look.ts';
import { initialState, step } from './index.ts';

const net = { requests: 0, proposals: 1, statesMax: 30_000 };
const small = { along: 'failover', restarts: 0, decisions: 1, odd: 0, depth: 4, ...net } as const;
const withDeaths = { along: 'failover', restarts: 1, decisions: 1, odd: 1, depth: 3, ...net } as const;
/** States that no input leads to yet: a person's own proposal supersedes; an approval waits only while starting is refused. */
const notReached: readonly ProposalState[] = ['superseded', 'expired'];

describe('the proposal machine and the executor', { timeout: 120_000 }, () => {
  it('keep every promise whatever people answer and steps end with', () => {
    const explored = explore({ step, initialState }, small);
    expect(explored.violation).toBeUndefined();
    // All of it, cut by nothing but the depth; the numbers are floors, so that the alphabet doesn't shrink unnoticed.
    expect(explored).toMatchObject({ ended: 'at-depth', depth: 4 });
    expect(explored.states).toBeGreaterThan(6_000);
    expect(explored.promotions).toBeGreaterThan(80);
    const expected = Object.keys(stateSays).filter((s) => !notReached.includes(s as ProposalState));
    expect([...explored.reached].sort()).toEqual(expected.sort());
  });

  it('keep every promise when the controller dies anywhere, its clock steps back, its store is edited', () => {
    const explored = explore({ step, initialState }, withDeaths);
    expect(explored.violation).toBeUndefined();
    expect(explored).toMatchObject({ ended: 'at-depth', depth: 3 });
    expect(explored.states).toBeGreaterThan(3_000);
    expect(explored.promotions).toBeGreaterThan(20);
  });
});

describe('the search says how far it looked', () => {
  it.each([
    ['at the depth it was given', { ...small, depth: 1 }, 'at-depth', 1],
    ['at the number of states it was given, and how deep it was then', { ...small, statesMax: 100 }, 'at-states', 1],
    ['nowhere: nothing was left', { ...small, depth: 9, proposals: 0 }, 'nothing-left', 4],
  ])('and that it ended %s', (_, bounds, ended, depth) => {
    expect(explore({ step, initialState }, bounds)).toMatchObject({ ended, depth });
  });
});

describe('the search finds what a broken guard lets through', { timeout: 120_000 }, () => {
  afterEach(() => {
    vi.doUnmock('../approval/who-may.ts');
    vi.doUnmock('../journal/next-step.ts');
    vi.doUnmock('../plan/make-steps.ts');
    vi.doUnmock('../plan/check-plan.ts');
    vi.doUnmock('./judge-look.ts');
    vi.doUnmock('./refuse-run.ts');
    vi.resetModules();
  });

  it('I1: anybody may approve', async () => {
    vi.doMock('../approval/who-may.ts', async (actual) => ({
      ...(await actual<typeof WhoMay>()),
      refuseWho: () => undefined,
    }));
    expect(await violationOfBroken()).toBe('I1' satisfies InvariantId);
  });

  it('I2: a stored plan is run as it is found', async () => {
    vi.doMock('./refuse-run.ts', () => ({ refuseRun: () => undefined }));
    expect(await violationOfBroken()).toBe('I2' satisfies InvariantId);
  });

  it('I3: the last look believes what it is told without asking the witnesses', async () => {
    vi.doMock('./judge-look.ts', async (actual) => ({
      ...(await actual<typeof JudgeLook>()),
      judgeLook: (_: unknown, __: unknown, { look }: { look: { facts?: unknown } }) =>
        look.facts === undefined ? { kind: 'wait' } : { kind: 'done', says: 'fine' },
    }));
    expect(await violationOfBroken()).toBe('I3' satisfies InvariantId);
  });

  it('I7: a plan promotes before it fences', async () => {
    vi.doMock('../plan/check-plan.ts', () => ({ checkPlan: () => [] }));
    vi.doMock('../plan/make-steps.ts', async (actual) => {
      const { makeSteps } = await actual<typeof MakeSteps>();
      const late = (steps: ReturnType<typeof makeSteps>) => [
        ...steps.filter((s) => s.verb !== 'fence'),
        ...steps.filter((s) => s.verb === 'fence'),
      ];
      return { makeSteps: (...given: Parameters<typeof makeSteps>) => late(makeSteps(...given)) };
    });
    expect(await violationOfBroken()).toBe('I7' satisfies InvariantId);
  });

  it('I8: what was promoted is promoted once more', async () => {
    vi.doMock('../journal/next-step.ts', async (actual) => {
      const real = await actual<typeof NextStep>();
      const nextStep: typeof real.nextStep = (run, ...now) => {
        const next = real.nextStep(run, ...now);
        const promote = run.plan.steps.find((s) => s.verb === 'promote');
        const isAfter = next.kind === 'start' && next.step.verb === 'verify' && next.attempt === 1;
        return isAfter && promote !== undefined ? { kind: 'start', step: promote, attempt: 2 } : next;
      };
      return { ...real, nextStep };
    });
    expect(await violationOfBroken()).toBe('I8' satisfies InvariantId);
  });

  it('order: an act comes before its journal', () => {
    const hasty: typeof step = (state, input) => {
      const stepped = step(state, input);
      const acts = stepped.effects.filter((e) => e.type === 'perform');
      return { ...stepped, effects: [...acts, ...stepped.effects.filter((e) => e.type !== 'perform')] };
    };
    expect(explore({ step: hasty, initialState }, withDeaths).violation?.invariant).toBe('order');
  });
});

async function violationOfBroken(): Promise<InvariantId | undefined> {
  vi.resetModules();
  const broken = await import('./index.ts');
  const { violation } = explore(broken, withDeaths);
  expect(violation?.story.length).toBeGreaterThan(0);
  return violation?.invariant;
}
