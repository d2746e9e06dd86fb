// The controller sleeps for a minute between the approval and its first act: that approval was for another moment.
import type { Scenario } from './scenario.ts';

export const approvalExpired: Scenario = {
  id: 'approval-expired',
  title: 'The approval is not used in time',
  says: 'The controller stands still for over a minute right after the approval. Awake, it does nothing with it, and asks anew.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'after-journal:look:started', faults: [], forMs: 62_000 },
  ends: { state: 'failed', says: /approval was not used in time/ },
  sequels: [
    { do: 'stay-unpromoted', forMs: 2_000 },
    { do: 'heal' },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
