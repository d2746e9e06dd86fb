// The nightmare after a failover: the old primary is back, writable, and nobody beside it can tell.
import type { Scenario } from './scenario.ts';

export const stalePrimaryReturns: Scenario = {
  id: 'stale-primary-returns',
  title: 'The old primary returns writable',
  says: 'After the promotion its agent dies, and somebody deletes standby.signal and starts it by hand. Stop it; promote nobody.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  sequels: [
    {
      do: 'break',
      faults: [
        { name: 'agent-kill', args: ['@primary'] },
        { name: 'return-writable', args: ['@primary'] },
      ],
    },
    { do: 'see', verdict: 'split-brain', withinMs: 15_000 },
    { do: 'break', faults: [{ name: 'stop', args: ['@primary'] }] },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
