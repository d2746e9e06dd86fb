// A false alarm: a primary that is restarted is away for a moment and back by itself.
import type { Scenario } from './scenario.ts';

export const restart: Scenario = {
  id: 'restart',
  title: 'The primary is restarted',
  says: 'A quick stop and start, as an upgrade does it. It comes back before a failover would be worth its cost.',
  truth: 'primary-starting',
  alsoRight: ['healthy', 'inconclusive', 'primary-down', 'primary-degraded', 'replication-broken'],
  fault: { name: 'restart', args: ['@primary'] },
  proposes: false,
  healAfterMs: 12_000,
  pauseMsMax: 10_000,
  proposalWithinMs: 0,
};
