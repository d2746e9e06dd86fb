// The main job: a primary that is truly dead, seen so by everybody.
import type { Scenario } from './scenario.ts';

export const primaryKilled: Scenario = {
  id: 'primary-killed',
  title: 'The primary is killed',
  says: "kill -9 of the primary's postmaster. Connections are refused, the standbys lose their stream: promote.",
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
