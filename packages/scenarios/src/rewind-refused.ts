// A former primary can't be rewound: the run is stuck and says why, a person gives it up, and it's copied anew.
import type { Scenario } from './scenario.ts';

export const rewindRefused: Scenario = {
  name: 'rewind-refused',
  about: 'The WAL that a rewind reads is gone from the old primary: trying again helps nothing, a copy does.',
  // The rejoin is offered 10 s after the promotion and approved 2 s later; the operator lets it go on once.
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 0, what: 'lose-wal', member: 'orders-1' },
    { atMs: 40_000, what: 'give-up', member: 'orders-1' },
    { atMs: 42_000, what: 'ask-clone', member: 'orders-1' },
  ],
  operator: 'approves',
  lastsMs: 60_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1 },
  mustNever: { verdicts: ['split-brain'] },
};
