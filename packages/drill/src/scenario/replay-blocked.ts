// A long query on the candidate blocks its replay: the promotion is sent and doesn't come. It may come later, and does.
import type { Scenario } from './scenario.ts';

export const replayBlocked: Scenario = {
  id: 'replay-blocked',
  title: 'A query blocks the promotion',
  says: 'Replay waits for a query on the candidate: the promotion is pending, not failed. The query ends; the run goes on.',
  truth: 'primary-down',
  alsoRight: [],
  first: { faults: [{ name: 'block-replay', args: [] }], forMs: 2_000 },
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  ends: {
    state: 'stuck',
    says: /orders-\d was told to promote .*(it may follow later\. Its replay waits for pid \d+ \(|it may have done it)/,
  },
  sequels: [
    { do: 'break', faults: [{ name: 'release-replay', args: [] }] },
    { do: 'decide', decision: 'resume', ends: { state: 'succeeded', says: /orders-\d is the primary/ } },
  ],
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
