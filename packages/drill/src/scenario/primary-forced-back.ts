// Somebody forces the fenced primary back, writable, before the promotion: the look right before it finds that.
import type { Scenario } from './scenario.ts';

export const primaryForcedBack: Scenario = {
  id: 'primary-forced-back',
  title: 'The fenced primary is forced back before the promotion',
  says: 'Between fence and promotion somebody deletes standby.signal and starts it around its gate. The run stops: give it up.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'before-act:settle', faults: [{ name: 'return-writable', args: ['@primary'] }] },
  ends: { state: 'stuck', says: /The primary answers|lives:|out of recovery/ },
  sequels: [
    { do: 'stay-unpromoted', forMs: 2_000 },
    {
      do: 'decide',
      decision: 'abandon',
      ends: { state: 'abandoned', says: /Nothing was promoted, the fence is lifted/ },
    },
    { do: 'see', verdict: 'healthy', withinMs: 60_000 },
  ],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
