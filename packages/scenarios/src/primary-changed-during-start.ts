// A standby was rewound and is being started when somebody hands over to another member, past Petrov: it's pointed at no server
// that leads no more, wherever the controller dies and begins again.
import type { Scenario } from './scenario.ts';

export const primaryChangedDuringStart: Scenario = {
  name: 'primary-changed-during-start',
  about:
    'Somebody hands over to another member while a rewound standby is being started: it is pointed at no server that leads no more; the controller is killed once, at each point.',
  happenings: [
    { atMs: 0, what: 'stop', member: 'orders-3' },
    { atMs: 10_000, what: 'ask-rejoin', member: 'orders-3' },
    { atMs: 10_000, what: 'hand-over', member: 'orders-2', duringStep: 'start-as-standby' },
  ],
  operator: 'gives-up',
  lastsMs: 45_000,
  diesEverywhere: true,
  must: { verdicts: [], ends: ['abandoned'], promotions: 0, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['primary-down', 'split-brain'] },
};
