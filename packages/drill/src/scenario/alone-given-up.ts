// A promotion of the only standby that is left is given up: all that was prepared for it is taken back. With synchronous
// standbys its commits were to wait for nobody; they wait for those of before again.
import type { Scenario } from './scenario.ts';

export const aloneGivenUp: Scenario = {
  id: 'alone-given-up',
  title: 'A promotion of the last standby is given up',
  says: 'Primary and a standby die, a query blocks the promotion of the other. Giving up takes all back; then the old primary may serve.',
  truth: 'primary-down',
  alsoRight: [],
  first: { faults: [{ name: 'block-replay', args: [] }], forMs: 2_000 },
  fault: { name: 'kill', args: ['@primary'] },
  together: [{ name: 'kill', args: ['@candidate'] }],
  proposes: true,
  ends: { state: 'stuck', says: /orders-3 was told to promote .*(it may follow later|it may have done it)/ },
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
  proposalWithinMs: 45_000,
};
