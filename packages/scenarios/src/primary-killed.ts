// The main job: a primary is killed, a person approves, a standby takes over.
import type { Scenario } from './scenario.ts';

export const primaryKilled: Scenario = {
  name: 'primary-killed',
  about: 'kill -9 of the postmaster: connections are refused, the standbys lose their stream.',
  happenings: [{ atMs: 0, what: 'kill', member: 'orders-1' }],
  operator: 'approves',
  lastsMs: 30_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain', 'monitoring-blind'] },
};
