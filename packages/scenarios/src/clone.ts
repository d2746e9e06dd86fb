// A standby that is copied anew, and the controller dies at each place of it: nobody is promoted, nobody else is touched, and
// it streams in the end.
import type { Scenario } from './scenario.ts';

export const clone: Scenario = {
  name: 'clone',
  about: 'A standby is killed and a person asks for a new copy of it; the controller is killed once, at each point.',
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-2' },
    { atMs: 10_000, what: 'ask-clone', member: 'orders-2' },
  ],
  operator: 'approves',
  lastsMs: 45_000,
  diesEverywhere: true,
  must: { verdicts: ['healthy'], ends: ['succeeded'], promotions: 0, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['primary-down', 'split-brain'] },
};
