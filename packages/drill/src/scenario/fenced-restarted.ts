// A supervisor starts again whatever ends: the fenced primary is back at once, read-only. That's no sign of its life as one.
import type { Scenario } from './scenario.ts';

export const fencedRestarted: Scenario = {
  id: 'fenced-restarted',
  title: 'The fenced primary is restarted at once',
  says: 'A supervisor starts the old primary right after the fence. Its gate keeps it read-only; the promotion goes on.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'after-journal:fence:done', faults: [{ name: 'start', args: ['@primary'] }], forMs: 1_000 },
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
