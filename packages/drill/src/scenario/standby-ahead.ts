// The standby that is furthest may not take over: the other takes from it what it has more, and then takes over itself.
import type { Scenario } from './scenario.ts';

export const standbyAhead: Scenario = {
  id: 'standby-ahead',
  title: 'The standby that is ahead may not take over',
  says: 'A standby is down while writes go on, and back when the primary dies. The other is ahead, with priority 0: its WAL is taken.',
  truth: 'primary-down',
  alsoRight: [],
  neverPromoted: ['orders-3'],
  first: { faults: [{ name: 'stop', args: ['@candidate'] }], forMs: 3_000 },
  fault: { name: 'kill', args: ['@primary'] },
  together: [{ name: 'start', args: ['@candidate'] }],
  proposes: true,
  chooses: { candidate: 'orders-2', losers: { 'orders-3': /priority is 0/ } },
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
