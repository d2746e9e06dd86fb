// The candidate dies between the fence and the promotion: the run stops where it can still be given up.
import type { Scenario } from './scenario.ts';

export const candidateDies: Scenario = {
  id: 'candidate-dies',
  title: 'The candidate dies before its promotion',
  says: 'kill -9 of the candidate right after the fence. Nobody is promoted; given up, the old primary serves again.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'after-journal:fence:done', faults: [{ name: 'kill', args: ['@candidate'] }] },
  ends: { state: 'stuck', says: /orders-\d (does not answer as a standby|could not be read|can't be read)/ },
  sequels: [
    { do: 'stay-unpromoted', forMs: 2_000 },
    {
      do: 'decide',
      decision: 'abandon',
      ends: { state: 'abandoned', says: /Nothing was promoted, the fence is lifted/ },
    },
    { do: 'heal' },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
