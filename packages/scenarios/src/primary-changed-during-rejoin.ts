// While a standby is being rewound somebody hands over to another member, past Petrov: nothing more is done to it behind the
// server that leads no more, wherever the controller dies and begins again.
import type { Scenario } from './scenario.ts';

export const primaryChangedDuringRejoin: Scenario = {
  name: 'primary-changed-during-rejoin',
  about:
    'Somebody hands over to another member while a stopped standby is being rewound: it goes on behind no server that leads no more; the controller is killed once, at each point.',
  happenings: [
    { atMs: 0, what: 'stop', member: 'orders-3' },
    { atMs: 10_000, what: 'ask-rejoin', member: 'orders-3' },
    { atMs: 10_000, what: 'hand-over', member: 'orders-2', duringStep: 'rewind' },
  ],
  operator: 'gives-up',
  lastsMs: 45_000,
  diesEverywhere: true,
  must: { verdicts: [], ends: ['abandoned'], promotions: 0, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['primary-down', 'split-brain'] },
};
