// Goal: what people ask for without a failure breaks no promise either, whatever happens between its steps. Method: the search
// of `explore.test.ts` from each point of a straight switchover and of a straight rejoin, with requests right and wrong, members
// that fall silent or are promoted by somebody else, and deaths of the controller; then each guard is taken out on purpose.
import { explore, type Engine, type InvariantId, type Search } from '@petrov/sim/explore';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isEnded } from '../proposal/index.ts';
import type * as WhoMay from '../approval/who-may.ts';
import type * as NextStep from '../journal/next-step.ts';
import type * as Rejoin from '../plan/rejoin.ts';
import type * as Proposals from './proposals.ts';
import { initialState, step } from './index.ts';

const calm = { restarts: 0, decisions: 1, odd: 0, requests: 1, proposals: 2, depth: 3, statesMax: 30_000 };
const withDeaths = { ...calm, restarts: 1, odd: 1 };

describe('planned changes', { timeout: 120_000 }, () => {
  it.each<[string, Search, number]>([
    ['a switchover', { along: 'switchover', ...withDeaths }, 8_000],
    ['a rejoin', { along: 'rejoin', ...withDeaths }, 8_000],
  ])('%s keeps every promise whatever happens within three letters of it', (_, search, atLeast) => {
    const explored = explore({ step, initialState }, search);
    expect(explored.violation).toBeUndefined();
    expect(explored).toMatchObject({ ended: 'at-depth', depth: search.depth });
    expect(explored.states).toBeGreaterThan(atLeast);
    for (const state of ['superseded', 'expired', 'withdrawn', 'failed', 'stuck', 'abandoned', 'succeeded'] as const)
      expect(explored.reached).toContain(state);
    expect(explored.promotions > 50).toBe(search.along === 'switchover');
  });
});

describe('the search finds what a broken guard of a planned change lets through', { timeout: 120_000 }, () => {
  const mocked = [
    '../approval/who-may.ts',
    '../journal/next-step.ts',
    '../plan/rejoin.ts',
    '../plan/check-plan.ts',
    './abandon.ts',
    './judge-requested-look.ts',
    './other-leader.ts',
    './proposals.ts',
    './refuse-late.ts',
    './refuse-run.ts',
  ];
  afterEach(() => {
    for (const path of mocked) vi.doUnmock(path);
    vi.resetModules();
  });

  it('asked: anybody may ask', async () => {
    vi.doMock('../approval/who-may.ts', async (actual) => ({
      ...(await actual<typeof WhoMay>()),
      refuseWho: () => undefined,
    }));
    expect(await violationOfBroken('switchover')).toBe('asked' satisfies InvariantId);
  });

  it('asked: whom the person takes for the primary is not looked at', () => {
    const blind: Engine['step'] = (state, input) =>
      step(
        state,
        input.type === 'request' ? { ...input, request: { ...input.request, expectedPrimary: undefined } } : input,
      );
    expect(violationOf(blind, 'switchover')).toBe('asked' satisfies InvariantId);
  });

  it('when: what is scheduled begins at once', () => {
    const hasty: Engine['step'] = (state, input) =>
      step(
        state,
        input.type === 'request' && (input.request.notBeforeMs ?? 0) > input.nowMs
          ? { ...input, request: { ...input.request, notBeforeMs: undefined } }
          : input,
      );
    expect(violationOf(hasty, 'switchover')).toBe('when' satisfies InvariantId);
  });

  it('when: an approval is used long after it was given', async () => {
    vi.doMock('./refuse-late.ts', () => ({ refuseLate: () => undefined }));
    expect(await violationOfBroken('switchover')).toBe('when' satisfies InvariantId);
  });

  it.each<[string, Search['along']]>([
    ['the primary is stopped', 'switchover'],
    ['a member is brought back', 'rejoin'],
  ])('I3: %s whatever the look before found', async (_, along) => {
    const heedless = ({ look }: { look: { facts?: unknown } }) =>
      look.facts === undefined ? { kind: 'wait' } : { kind: 'done', says: 'fine' };
    vi.doMock('./judge-requested-look.ts', () => ({
      judgeServingLook: heedless,
      judgeRejoinLook: (_cluster: unknown, asked: Parameters<typeof heedless>[0]) => heedless(asked),
    }));
    expect(await violationOfBroken(along)).toBe('I3' satisfies InvariantId);
  });

  it.each([
    ['a person lets go on', true],
    ['tries it once more', false],
  ])('I3: a rejoin that %s rewinds without a look', async (_, isResumed) => {
    vi.doMock('../journal/next-step.ts', async (actual) => {
      const real = await actual<typeof NextStep>();
      const blind: typeof real.nextStep = (run, ...now) => {
        const next = real.nextStep(run, ...now);
        const rewind = run.plan.steps.find((s) => s.verb === 'rewind');
        const tries = run.journal.filter((e) => e.type === 'started' && e.step === 'rewind').length;
        const isSo = isResumed === run.journal.some((e) => e.type === 'resumed');
        const isAgain = next.kind === 'start' && next.step.verb === 'look' && tries > 0;
        return isAgain && isSo && rewind !== undefined ? { kind: 'start', step: rewind, attempt: tries + 1 } : next;
      };
      return { ...real, nextStep: blind };
    });
    expect(await violationOfBroken('rejoin')).toBe('I3' satisfies InvariantId);
  });

  it('I7: a stop that was not clean is taken for one', () => {
    const trusting: Engine['step'] = (state, input) =>
      step(state, input.type === 'step-result' ? { ...input, result: cleaned(input.result) } : input);
    expect(violationOf(trusting, 'switchover')).toBe('I7' satisfies InvariantId);
  });

  it('I7: a run that is given up lifts the fence beside a member that somebody else promoted', async () => {
    vi.doMock('./other-leader.ts', () => ({ findOtherLeader: () => undefined, refuseSecondPrimary: () => undefined }));
    expect(await violationOfBroken('switchover')).toBe('I7' satisfies InvariantId);
  });

  it('left: a switchover is given up with its fence on', async () => {
    vi.doMock('./abandon.ts', () => ({ abandonSteps: () => [] }));
    expect(await violationOfBroken('switchover')).toBe('left' satisfies InvariantId);
  });

  it('rejoin: it acts on the primary', async () => {
    vi.doMock('../plan/check-plan.ts', () => ({ checkPlan: () => [] }));
    vi.doMock('../plan/rejoin.ts', async (actual) => {
      const { buildRejoin } = await actual<typeof Rejoin>();
      const astray: typeof buildRejoin = (...given) => {
        const made = buildRejoin(...given);
        if (!made.ok) return made;
        const steps = made.plan.steps.map((s) => (s.verb === 'fence' ? { ...s, member: made.plan.primary } : s));
        return { ...made, plan: { ...made.plan, steps } };
      };
      return { buildRejoin: astray };
    });
    expect(await violationOfBroken('rejoin')).toBe('rejoin' satisfies InvariantId);
  });

  it('rejoin: it goes on though somebody else leads by now', async () => {
    vi.doMock('./refuse-run.ts', () => ({ refuseRun: () => undefined }));
    expect(await violationOfBroken('rejoin')).toBe('rejoin' satisfies InvariantId);
  });

  it('way: a failover waits until nothing else is asked or runs', async () => {
    vi.doMock('./proposals.ts', async (actual) => {
      const real = await actual<typeof Proposals>();
      const patient: typeof real.keepProposal = (state, cluster, now) => {
        const { proposal } = cluster;
        const isAsked = proposal?.request !== undefined && !isEnded(proposal.state);
        return real.keepProposal(state, cluster, isAsked ? { ...now, plan: undefined } : now);
      };
      return { ...real, keepProposal: patient };
    });
    expect(await violationOfBroken('rejoin')).toBe('way' satisfies InvariantId);
    expect(await violationOfBroken('switchover')).toBe('way' satisfies InvariantId);
  });
});

type StepResult = Extract<Parameters<Engine['step']>[1], { type: 'step-result' }>['result'];
function cleaned(result: StepResult): StepResult {
  const facts = Object.entries(result.facts).map(([id, f]) => {
    return [id, f.controlState === undefined ? f : { ...f, controlState: 'shut down', lsn: undefined }] as const;
  });
  return result.step === 'fence' ? { ...result, facts: Object.fromEntries(facts) } : result;
}

function violationOf(broken: Engine['step'], along: Search['along']): InvariantId | undefined {
  const { violation } = explore({ step: broken, initialState }, { along, ...calm });
  expect(violation?.story.length).toBeGreaterThan(0);
  return violation?.invariant;
}

async function violationOfBroken(along: Search['along']): Promise<InvariantId | undefined> {
  vi.resetModules();
  const broken = await import('./index.ts');
  const { violation } = explore(broken, { along, ...calm });
  expect(violation?.story.length).toBeGreaterThan(0);
  return violation?.invariant;
}
