// A primary that accepts connections in the kernel and answers none of them.
import type { Scenario } from './scenario.ts';

export const frozen: Scenario = {
  id: 'frozen',
  title: 'The primary is frozen',
  says: 'SIGSTOP for every process of Postgres. TCP connects, nothing answers, standbys stay connected without news.',
  truth: 'primary-hung',
  alsoRight: ['primary-down', 'primary-isolated'],
  fault: { name: 'freeze', args: ['@primary'] },
  proposes: true,
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
