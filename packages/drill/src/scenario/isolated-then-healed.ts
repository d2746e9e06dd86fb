// The primary lives and nobody reaches it, its agent neither. Only a proof would allow a promotion, and there is none.
import type { Scenario } from './scenario.ts';

export const isolatedThenHealed: Scenario = {
  id: 'isolated-then-healed',
  title: 'The primary is cut off from everybody, and comes back',
  says: 'All networks of the primary are cut and its agent is silent: the fence is not proven, the run stops. It heals: give it up.',
  truth: 'primary-isolated',
  alsoRight: ['primary-down'],
  onlyFence: 'agent',
  fault: { name: 'cut', args: ['db', '@primary'] },
  together: [
    { name: 'cut', args: ['mon', '@primary'] },
    { name: 'cut', args: ['app', '@primary'] },
    { name: 'agent-stop', args: ['@primary'] },
  ],
  proposes: true,
  ends: { state: 'stuck', says: /agent on orders-1 (didn't ask for work|was told to fence and didn't answer)/ },
  sequels: [
    { do: 'stay-unpromoted', forMs: 2_000 },
    { do: 'heal' },
    { do: 'break', faults: [{ name: 'agent-go-on', args: ['@primary'] }] },
    { do: 'decide', decision: 'resume', ends: { state: 'stuck', says: /primary answers|lives/i } },
    {
      do: 'decide',
      decision: 'abandon',
      ends: { state: 'abandoned', says: /Nothing was promoted, the fence is lifted/ },
    },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 60_000,
};
