// No way to fence is configured: nothing proves that the old primary has stopped, and its promotion takes two people who name
// it. Here its host is really gone, so nobody writes to two.
import type { Scenario } from './scenario.ts';

export const nothingFences: Scenario = {
  id: 'nothing-fences',
  title: 'The host is gone and nothing can fence it',
  says: 'No fence is configured. Two people accept that the old primary may still take writes; it is dead, and one is promoted.',
  truth: 'primary-down',
  alsoRight: ['primary-isolated'],
  onlyFence: 'none',
  fault: { name: 'host-off', args: ['@primary'] },
  proposes: true,
  takesTwo: true,
  staysDown: true,
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
