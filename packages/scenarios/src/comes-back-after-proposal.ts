// The case goes away while the question stands: it's withdrawn, and nothing is promoted.
import type { Scenario } from './scenario.ts';

export const comesBackAfterProposal: Scenario = {
  name: 'comes-back-after-proposal',
  about: 'The primary is killed, the question is raised, nobody answers; 12 s later somebody starts it again.',
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 12_000, what: 'start', member: 'orders-1' },
  ],
  operator: 'nobody',
  lastsMs: 40_000,
  must: { verdicts: ['primary-down'], ends: ['withdrawn'], promotions: 0, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain'] },
};
