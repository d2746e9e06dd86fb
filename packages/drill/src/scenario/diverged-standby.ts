// A standby with a history of its own, promoted aside and put back: near the front by its position, and never a candidate.
import type { Scenario } from './scenario.ts';

export const divergedStandby: Scenario = {
  id: 'diverged-standby',
  title: 'A standby has a history of its own',
  says: 'Somebody promoted a standby aside, wrote to it and put it back; then the primary is killed. Only the other may take over.',
  truth: 'primary-down',
  alsoRight: [],
  first: { faults: [{ name: 'diverge', args: ['@candidate'] }], forMs: 6_000 },
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  chooses: { candidate: 'orders-3', losers: { 'orders-2': /timeline 2/ } },
  aside: ['orders-2'],
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
