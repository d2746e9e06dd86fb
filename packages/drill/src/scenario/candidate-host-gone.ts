// The candidate's machine is gone between the fence and the promotion: nothing can be lifted, since nobody knows what became
// of it. The standby that remains takes over.
import type { Scenario } from './scenario.ts';

export const candidateHostGone: Scenario = {
  id: 'candidate-host-gone',
  title: "The candidate's host loses its power before the promotion",
  says: 'The fence stands, and the candidate is gone, host and all. Given up with the fence left; the third is asked for and promoted.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'after-journal:fence:done', faults: [{ name: 'host-off', args: ['@candidate'] }] },
  ends: { state: 'stuck', says: /orders-\d (does not answer as a standby|could not be read|can't be read)/ },
  sequels: [
    { do: 'decide', decision: 'abandon', ends: { state: 'stuck', says: /can't be read.*--leave-fence/ } },
    { do: 'decide', decision: 'leave-fence', ends: { state: 'abandoned', says: /stays fenced|isn't proven/ } },
    {
      do: 'approve-next',
      question: { kind: 'failover' },
      withinMs: 60_000,
      ends: { state: 'succeeded', says: /orders-3 is the primary.*not done: orders-2 follows orders-3/ },
    },
  ],
  aside: ['@other'],
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
