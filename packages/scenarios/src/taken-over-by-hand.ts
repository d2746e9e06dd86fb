// While a run is stuck somebody promotes a standby by hand: it's adopted, the run is over, and the
// old primary is offered to come back.
import type { Scenario } from './scenario.ts';

export const takenOverByHand: Scenario = {
  name: 'taken-over-by-hand',
  about:
    'A run is stuck on a fence that nobody answers; somebody promotes a standby past Petrov. It is adopted, never fought; the old primary comes back.',
  happenings: [
    { atMs: 0, what: 'host-off', member: 'orders-1' },
    { atMs: 75_000, what: 'promote-by-hand', member: 'orders-3' },
    { atMs: 80_000, what: 'host-on', member: 'orders-1' },
  ],
  operator: 'approves',
  lastsMs: 130_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 0 },
  mustNever: { verdicts: ['split-brain'] },
};
