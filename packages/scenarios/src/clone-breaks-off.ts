// A copy breaks off: nothing of the member was changed, the run is stuck and says why; once there is room it goes on.
import type { Scenario } from './scenario.ts';

export const cloneBreaksOff: Scenario = {
  name: 'clone-breaks-off',
  about: 'The disk of the old primary is full in the midst of the copy: the run waits for a person, then copies again.',
  // Asked for right after the failover, before its return is offered by itself.
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 9_000, what: 'ask-clone', member: 'orders-1' },
    { atMs: 13_000, what: 'fill-disk', member: 'orders-1' },
    { atMs: 17_500, what: 'free-disk', member: 'orders-1' },
  ],
  operator: 'approves',
  lastsMs: 35_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain'] },
};
