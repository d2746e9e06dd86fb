// One standby missed the last seconds: it's no candidate while the other has more, whatever its name.
import type { Scenario } from './scenario.ts';

export const laggingStandby: Scenario = {
  id: 'lagging-standby',
  title: 'A standby lags when the primary dies',
  says: 'Replication of one standby is cut under load, then the primary is killed. The other is promoted; the quote holds.',
  truth: 'primary-down',
  alsoRight: [],
  first: { faults: [{ name: 'cut', args: ['db', '@candidate'] }], forMs: 5_000 },
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  chooses: { candidate: 'orders-3', losers: { 'orders-2': / behind orders-3$/ } },
  held: { at: 'after-journal:verify:done', faults: [{ name: 'heal', args: [] }] },
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
