// The primary and the standby that would have taken over die together: the plan is made with who is left.
import type { Scenario } from './scenario.ts';

export const doubleFailure: Scenario = {
  id: 'double-failure',
  title: 'The primary and a standby die together',
  says: 'kill -9 of both at once. The standby that is left is proposed; the dead one is no candidate, and that is said.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  together: [{ name: 'kill', args: ['@candidate'] }],
  proposes: true,
  chooses: { candidate: 'orders-3', losers: { 'orders-2': /answers no more|has not answered lately/ } },
  aside: ['orders-2'],
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
