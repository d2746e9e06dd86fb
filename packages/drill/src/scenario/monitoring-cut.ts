// A false alarm: all witnesses lose all members, while users and replication notice nothing.
import type { Scenario } from './scenario.ts';

export const monitoringCut: Scenario = {
  id: 'monitoring-cut',
  title: 'The monitoring network is cut',
  says: 'No witness reaches any member; standbys, agents and clients still do. Nothing is to be promoted.',
  truth: 'monitoring-blind',
  alsoRight: [],
  fault: { name: 'cut', args: ['mon', 'all'] },
  proposes: false,
  healAfterMs: 15_000,
  pauseMsMax: 1_000,
  proposalWithinMs: 0,
};
