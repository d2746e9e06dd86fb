// It comes back by itself: patience, not promotion.
import type { Scenario } from './scenario.ts';

export const restart: Scenario = {
  name: 'restart',
  about: 'A supervisor restarts Postgres; crash recovery takes 12 s, in which it says that it is starting up.',
  happenings: [{ atMs: 0, what: 'restart', member: 'orders-1', startingForMs: 12_000 }],
  operator: 'approves',
  lastsMs: 40_000,
  must: { verdicts: ['primary-starting'], ends: [], promotions: 0, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['primary-down', 'split-brain'] },
};
