// The same with a power switch: what its agent can't prove, the switch does, and the standby may take over.
import type { Scenario } from './scenario.ts';

export const isolatedAndFenced: Scenario = {
  id: 'isolated-and-fenced',
  title: 'The primary is cut off from everybody, and switched off',
  says: 'All networks of the primary are cut and its agent is silent. Its power is switched off for proof; the standby takes over.',
  truth: 'primary-isolated',
  alsoRight: ['primary-down'],
  fault: { name: 'cut', args: ['db', '@primary'] },
  together: [
    { name: 'cut', args: ['mon', '@primary'] },
    { name: 'cut', args: ['app', '@primary'] },
    { name: 'agent-stop', args: ['@primary'] },
  ],
  proposes: true,
  sequels: [{ do: 'heal' }, { do: 'see', verdict: 'healthy', withinMs: 60_000 }],
  staysDown: true,
  pauseMsMax: 0,
  proposalWithinMs: 60_000,
};
