// Nothing but the agent can fence, and its host is gone: the run is given up with the fence as it is, and the question comes
// again, until the host is back and the fence is proven.
import type { Scenario } from './scenario.ts';

export const hostGoneGivenUp: Scenario = {
  name: 'host-gone-given-up',
  about:
    "The primary's host is gone and only its agent could fence it: given up, asked again, and done once the host is back.",
  happenings: [
    { atMs: 0, what: 'host-off', member: 'orders-1' },
    { atMs: 75_000, what: 'host-on', member: 'orders-1' },
  ],
  operator: 'leaves-fence',
  lastsMs: 150_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain'] },
};
