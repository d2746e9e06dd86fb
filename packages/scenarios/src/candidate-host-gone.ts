// The candidate's machine is gone right after the fence: given up with the fence left standing, the standby that remains is
// proposed and promoted.
import type { Scenario } from './scenario.ts';

export const candidateHostGone: Scenario = {
  name: 'candidate-host-gone',
  about: "The candidate's host is gone after the fence: given up with the fence left, the third takes over.",
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 0, what: 'host-off', member: 'orders-2', afterStep: 'fence' },
  ],
  operator: 'leaves-fence',
  lastsMs: 100_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1 },
  mustNever: { verdicts: ['split-brain'] },
};
