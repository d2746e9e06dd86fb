// The same, given up: the pending promotion is dropped before the fence is lifted, or there would be two one day.
import type { Scenario } from './scenario.ts';

export const replayBlockedGivenUp: Scenario = {
  id: 'replay-blocked-given-up',
  title: 'A promotion that a query blocks is given up',
  says: 'The promotion is pending behind a query. Giving up restarts the candidate, which drops it; then the old primary may serve.',
  truth: 'primary-down',
  alsoRight: [],
  first: { faults: [{ name: 'block-replay', args: [] }], forMs: 2_000 },
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  ends: { state: 'stuck', says: /orders-\d was told to promote .*(it may follow later|it may have done it)/ },
  sequels: [
    {
      do: 'decide',
      decision: 'abandon',
      ends: { state: 'abandoned', says: /Nothing was promoted, the fence is lifted/ },
    },
    { do: 'break', faults: [{ name: 'release-replay', args: [] }] },
    { do: 'stay-unpromoted', forMs: 3_000 },
    { do: 'heal' },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
