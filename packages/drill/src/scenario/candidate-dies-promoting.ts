// The candidate dies while it promotes itself: whether it did is found out when it is back, and the run goes on from there.
import type { Scenario } from './scenario.ts';

export const candidateDiesPromoting: Scenario = {
  id: 'candidate-dies-promoting',
  title: 'The candidate dies while it is promoted',
  says: 'kill -9 of the candidate right after the promotion was sent. It may have happened: start it, let the run go on.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'during-act:promote', faults: [{ name: 'kill', args: ['@candidate'] }] },
  ends: { state: 'stuck', says: /orders-\d/ },
  sequels: [
    { do: 'break', faults: [{ name: 'start', args: ['@candidate'] }] },
    { do: 'decide', decision: 'resume', ends: { state: 'succeeded', says: /orders-\d is the primary/ } },
  ],
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
