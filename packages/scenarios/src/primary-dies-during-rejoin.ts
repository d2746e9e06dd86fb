// While a former primary is being rewound the new one dies: the failover doesn't wait, the rejoin gives way to it. What was left
// half-way is rewound once more, behind the newest primary.
import type { Scenario } from './scenario.ts';

export const primaryDiesDuringRejoin: Scenario = {
  name: 'primary-dies-during-rejoin',
  about: 'The new primary dies while the old one is being rewound: a rejoin never holds a failover up.',
  // The rejoin is offered 10 s after the promotion and approved 2 s later; rewinding takes the model 6 s.
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 20_500, what: 'kill', member: 'orders-2' },
    { atMs: 50_000, what: 'ask-rejoin', member: 'orders-1' },
  ],
  policy: { coolDownMs: 5_000 },
  operator: 'approves',
  lastsMs: 65_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 2, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain'] },
};
