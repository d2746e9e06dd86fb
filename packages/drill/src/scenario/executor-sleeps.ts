// The executor stands still for a minute right before it promotes, another controller takes over, gives up and lifts the fence; then the
// sleeper wakes up with the promotion in hand.
import type { Scenario } from './scenario.ts';

export const executorSleeps: Scenario = {
  id: 'executor-sleeps',
  title: 'The executor sleeps before the promotion while another gives up',
  says: 'A controller is stopped right before it promotes; a second one on its store gives up. Woken, the first must do nothing.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: {
    at: 'after-journal:promote:started',
    faults: [
      { name: 'agent-stop', args: ['@candidate'] },
      { name: 'second-controller', args: [] },
    ],
    isLeft: true,
  },
  ends: { state: 'stuck', says: /agent on orders-\d (didn't ask for work|was told to promote and didn't answer)/ },
  sequels: [
    { do: 'break', faults: [{ name: 'agent-go-on', args: ['@candidate'] }] },
    {
      do: 'decide',
      decision: 'abandon',
      ends: { state: 'abandoned', says: /Nothing was promoted, the fence is lifted/ },
    },
    { do: 'stay-unpromoted', forMs: 20_000 },
    { do: 'break', faults: [{ name: 'controller-go-on', args: [] }] },
    { do: 'stay-unpromoted', forMs: 6_000 },
    { do: 'heal' },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
