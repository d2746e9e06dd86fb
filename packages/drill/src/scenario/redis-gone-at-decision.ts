// Redis goes at the moment of the approval: the first look hears nobody, so nothing is done, and why is said. With Redis back
// the case is as open as it was.
import type { Scenario } from './scenario.ts';

export const redisGoneAtDecision: Scenario = {
  id: 'redis-gone-at-decision',
  title: 'Redis goes at the moment of the approval',
  says: 'Redis stops right before the approval: the look hears no witness, nothing is done. Redis and the primary are back: all is as before.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  beforeAnswer: [{ name: 'redis-stop', args: [] }],
  ends: {
    state: 'failed',
    says: /witnesses answered the look in time\. Petrov’s Redis, .* out of reach .* bring it back/,
  },
  sequels: [
    { do: 'stay-unpromoted', forMs: 2_000 },
    {
      do: 'break',
      faults: [
        { name: 'redis-start', args: [] },
        { name: 'start', args: ['@primary'] },
      ],
    },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
