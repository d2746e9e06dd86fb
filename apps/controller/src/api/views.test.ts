import { initialState, type EngineState } from '@petrov/core/engine';
import { expect, it } from 'vitest';
import { makeProposal, makeRun, makeStep } from '../../test/made.ts';
import type { ApiDeps } from './deps.ts';
import { readRun, readRuns } from './views.ts';

const plan = makeProposal('p-1').revision.plan;
const steps = [makeStep('look', 'orders-2'), makeStep('repoint', 'orders-3')];
const open = makeProposal('p-1');
const revision = { ...open.revision, plan: { ...plan, steps } };
const acting = makeProposal('p-1', { state: 'promoted', run: 'p-1-r1', revision, promotedAtMs: 6 });
const over = makeProposal('p-1', {
  state: 'succeeded',
  run: 'p-1-r1',
  revision,
  promotedAtMs: 6,
  endedAtMs: 9,
  because: 'done',
});
const done = (step: string, atMs: number) => [
  { type: 'started', step, attempt: 1, atMs },
  { type: 'done', step, attempt: 1, atMs: atMs + 1, says: 'it is', facts: {} },
];
const early = makeRun('p-1-r1', acting, done('look', 5));
const whole = makeRun('p-1-r1', acting, [...done('look', 5), ...done('repoint', 7)]);

/** The run ends, in the store and then in the engine, once the store has been asked and before its answer is here. */
function depsWhereItEndsMeanwhile() {
  let state = stateWith({ proposal: acting, run: early });
  let stored = { run: early, proposal: acting };
  const end = () => {
    const told = stored;
    stored = { run: whole, proposal: over };
    state = stateWith({ proposal: over });
    return told;
  };
  const records = { runs: async () => [end()], run: async () => stored };
  const clock = { nowMs: () => 10, monotonicMs: () => 10 };
  return { deps: { clock, records, getState: () => state } as unknown as ApiDeps, end };
}

function stateWith(cluster: object): EngineState {
  const empty = initialState({ witnesses: [], clusters: [], hash: String }, { clusters: [], proposals: [], runs: [] });
  return { ...empty, clusters: new Map([['orders', cluster]]) } as unknown as EngineState;
}

it('tells no run as over with a step that is not: it and its proposal are of one moment', async () => {
  const { deps, end } = depsWhereItEndsMeanwhile();
  const [listed] = await readRuns(deps);
  expect([listed?.state, listed?.steps.map(({ state }) => state)]).toEqual(['promoted', ['done', 'waiting']]);
  end();
  const one = await readRun(deps, 'p-1-r1');
  expect([one.state, one.steps.map(({ state }) => state)]).toEqual(['succeeded', ['done', 'done']]);
});
