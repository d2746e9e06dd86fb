// Petrov's own Postgres dies in the midst of an act and comes back: what can't be written down isn't done, what was is.
import type { Scenario } from './scenario.ts';

export const storeRestarted: Scenario = {
  id: 'store-restarted',
  title: "Petrov's store is away during the fence",
  says: 'The own store stops at once while the old primary is fenced, and is back after seconds. The run waits, and goes on.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: {
    at: 'during-act:fence',
    faults: [{ name: 'store-stop', args: [] }],
    later: { afterMs: 4_000, faults: [{ name: 'store-start', args: [] }] },
  },
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
