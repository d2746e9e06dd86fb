// The same with its agent alive: a person who wants to "just bring it back" goes around the fence.
import type { Scenario } from './scenario.ts';

export const stalePrimaryForced: Scenario = {
  id: 'stale-primary-forced',
  title: 'The old primary is forced back beside its agent',
  says: 'After the promotion somebody deletes standby.signal and starts the old primary around its gate. Stop it; promote nobody.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  sequels: [
    { do: 'break', faults: [{ name: 'return-writable', args: ['@primary'] }] },
    { do: 'see', verdict: 'split-brain', withinMs: 15_000 },
    { do: 'break', faults: [{ name: 'stop', args: ['@primary'] }] },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
