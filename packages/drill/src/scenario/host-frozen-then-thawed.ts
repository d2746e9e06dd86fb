// The whole host stands still, its agent with it: nothing can be proven of it. When it wakes up it is the primary still, and
// nobody else may have become one.
import type { Scenario } from './scenario.ts';

export const hostFrozenThenThawed: Scenario = {
  id: 'host-frozen-then-thawed',
  title: "The primary's whole host freezes, and wakes up",
  says: 'Nobody on the host answers, the agent neither: the fence is not proven, the run stops. It wakes up: give the run up.',
  truth: 'primary-hung',
  alsoRight: ['primary-down', 'primary-isolated'],
  onlyFence: 'agent',
  fault: { name: 'freeze', args: ['@primary', '--host'] },
  proposes: true,
  ends: { state: 'stuck', says: /agent on orders-1 (didn't ask for work|was told to fence and didn't answer)/ },
  sequels: [
    { do: 'stay-unpromoted', forMs: 2_000 },
    { do: 'break', faults: [{ name: 'thaw', args: ['@primary'] }] },
    {
      do: 'decide',
      decision: 'abandon',
      ends: { state: 'abandoned', says: /Nothing was promoted, the fence is lifted/ },
    },
    { do: 'heal' },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 45_000,
};
