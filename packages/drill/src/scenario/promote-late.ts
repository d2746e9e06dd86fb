// The candidate's agent gets the promotion and stands still; when it wakes up, the command is old. It refuses by itself.
import type { Scenario } from './scenario.ts';

export const promoteLate: Scenario = {
  id: 'promote-late',
  title: 'The promotion reaches the agent half a minute late',
  says: "The candidate's agent is stopped with the command in hand. Woken, it refuses what is too late; a person lets the run go on.",
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'after-journal:promote:started', faults: [{ name: 'agent-stop', args: ['@candidate'] }] },
  ends: { state: 'stuck', says: /agent on orders-\d (didn't ask for work|was told to promote and didn't answer)/ },
  sequels: [
    { do: 'break', faults: [{ name: 'agent-go-on', args: ['@candidate'] }] },
    { do: 'stay-unpromoted', forMs: 5_000 },
    { do: 'decide', decision: 'resume', ends: { state: 'succeeded', says: /orders-\d is the primary/ } },
  ],
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
