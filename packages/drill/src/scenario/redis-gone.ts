// Redis goes during the fence: the witnesses can't be heard at the look right before it. The run stops and says
// why; with Redis back a person lets it go on.
import type { Scenario } from './scenario.ts';

export const redisGone: Scenario = {
  id: 'redis-gone',
  title: 'Redis goes between fence and promotion',
  says: 'Redis stops while the old primary is fenced: no witness is heard, nothing is promoted. Bring Redis back, let the run go on.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'during-act:fence', faults: [{ name: 'redis-stop', args: [] }] },
  ends: {
    state: 'stuck',
    says: /witnesses answered the look in time\. Petrov’s Redis, .* out of reach .* bring it back/,
  },
  sequels: [
    { do: 'stay-unpromoted', forMs: 2_000 },
    { do: 'break', faults: [{ name: 'redis-start', args: [] }] },
    { do: 'decide', decision: 'resume', ends: { state: 'succeeded', says: /orders-\d is the primary/ } },
  ],
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
