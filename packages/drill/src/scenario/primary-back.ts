// The primary is back between the approval and the act: the last look finds it, and that ends it.
import type { Scenario } from './scenario.ts';

export const primaryBack: Scenario = {
  id: 'primary-back',
  title: 'The primary is back before anything was done',
  says: 'A supervisor starts the primary right after the approval. The last look finds it: nothing is done.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'before-act:look', faults: [{ name: 'start', args: ['@primary'] }] },
  ends: { state: 'failed', says: /The primary answers|lives:|out of recovery/ },
  sequels: [{ do: 'see', verdict: 'healthy', withinMs: 60_000 }],
  outcome: 'unchanged',
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
