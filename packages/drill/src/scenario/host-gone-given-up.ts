// A machine that is gone, and nothing but its agent could have fenced it. The run is no dead end: given up as it is, the
// cluster is guarded again, and what is asked next is what two people may agree to.
import type { Scenario } from './scenario.ts';

export const hostGoneGivenUp: Scenario = {
  id: 'host-gone-given-up',
  title: "The primary's host is gone, and only its agent could fence it",
  says: 'The fence is not proven, and the run can be given up as it is: the cluster is guarded again. Then the host comes back.',
  truth: 'primary-down',
  alsoRight: ['primary-isolated'],
  onlyFence: 'agent',
  fault: { name: 'host-off', args: ['@primary'] },
  proposes: true,
  ends: { state: 'stuck', says: /agent on orders-1 (didn't ask for work|was told to fence and didn't answer)/ },
  sequels: [
    { do: 'decide', decision: 'leave-fence', ends: { state: 'abandoned', says: /isn't proven.*by hand/ } },
    { do: 'see-question', question: { kind: 'failover', fence: 'unfenced' }, withinMs: 30_000 },
    { do: 'stay-unpromoted', forMs: 2_000 },
    { do: 'heal' },
    { do: 'see', verdict: 'healthy', withinMs: 90_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
