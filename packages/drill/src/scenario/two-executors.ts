// Two controllers at one run: the first stood still with the promotion in hand, and wakes up while the second goes on with it.
import type { Scenario } from './scenario.ts';

export const twoExecutors: Scenario = {
  id: 'two-executors',
  title: 'Two controllers execute the same run',
  says: 'A second controller takes the run over while the first is stopped before the promotion; then both are awake.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: {
    at: 'after-journal:promote:started',
    faults: [
      { name: 'second-controller', args: [] },
      { name: 'controller-go-on', args: [] },
    ],
    isLeft: true,
  },
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
