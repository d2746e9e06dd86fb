// It is there and answers nobody: it may wake up and go on, so the fence comes first.
import type { Scenario } from './scenario.ts';

export const frozen: Scenario = {
  name: 'frozen',
  about:
    'SIGSTOP of every process of the primary: TCP connects, nothing answers, standbys stay connected and hear nothing.',
  happenings: [{ atMs: 0, what: 'freeze', member: 'orders-1' }],
  operator: 'approves',
  lastsMs: 45_000,
  must: { verdicts: ['primary-hung'], ends: ['succeeded'], promotions: 1, finalVerdict: 'healthy' },
  mustNever: { verdicts: ['split-brain'] },
};
