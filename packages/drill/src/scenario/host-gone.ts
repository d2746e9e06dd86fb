// A machine that is gone: nothing on it answers, nothing refuses either. Its agent can't fence it; its power switch can.
import type { Scenario } from './scenario.ts';

export const hostGone: Scenario = {
  id: 'host-gone',
  title: "The primary's host loses its power",
  says: 'All of the machine is gone at once, agent included, and its address is silent. The power switch proves it off.',
  truth: 'primary-down',
  alsoRight: ['primary-isolated'],
  fault: { name: 'host-off', args: ['@primary'] },
  proposes: true,
  staysDown: true,
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
