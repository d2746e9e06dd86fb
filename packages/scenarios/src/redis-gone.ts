// The witnesses can't be heard at the look before the promotion: the run stops, says why, and goes on when they are heard again.
import type { Scenario } from './scenario.ts';

export const redisGone: Scenario = {
  name: 'redis-gone',
  about: 'Redis goes while the old primary is fenced, and is back 25 s later; the stuck run is let go on then.',
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 6_100, what: 'redis-away' },
    { atMs: 31_000, what: 'redis-back' },
  ],
  operator: 'approves',
  lastsMs: 43_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain'] },
};
