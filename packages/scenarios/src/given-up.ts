// A promotion that is pending is given up, and the controller dies at each place of it: the promotion is dropped before the
// fence is lifted, so that the query's end promotes nobody beside the old primary.
import type { Scenario } from './scenario.ts';

export const givenUp: Scenario = {
  name: 'given-up',
  about:
    'A query keeps the candidate from being promoted, the run is given up, and nobody answers what is asked next; the controller is killed once, at each point.',
  happenings: [
    { atMs: 0, what: 'block-replay', member: 'orders-2' },
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 25_000, what: 'start', member: 'orders-1' },
    { atMs: 30_000, what: 'release-replay', member: 'orders-2' },
  ],
  operator: 'gives-up',
  lastsMs: 45_000,
  diesEverywhere: true,
  must: { verdicts: ['primary-down'], ends: ['withdrawn'], promotions: 0, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain'] },
};
