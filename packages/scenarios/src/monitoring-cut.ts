// The sun on the clouds: every witness loses the primary, and it serves.
import type { Scenario } from './scenario.ts';

export const monitoringCut: Scenario = {
  name: 'monitoring-cut',
  about: 'The monitoring network to the primary is cut; clients and standbys see nothing of it.',
  incident: 'Serpukhov-15, 26 September 1983: one kind of sensor saw missiles.',
  happenings: [
    { atMs: 0, what: 'cut-monitoring', member: 'orders-1' },
    { atMs: 40_000, what: 'heal-monitoring', member: 'orders-1' },
  ],
  operator: 'approves',
  lastsMs: 60_000,
  must: { verdicts: ['monitoring-blind'], ends: [], promotions: 0, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['primary-down', 'primary-isolated', 'split-brain'] },
};
