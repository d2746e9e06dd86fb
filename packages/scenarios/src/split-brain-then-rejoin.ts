// A replaced primary is made to take writes by hand, and stopped: what it wrote alone is told as unknown, never as nothing.
import type { Scenario } from './scenario.ts';

export const splitBrainThenRejoin: Scenario = {
  name: 'split-brain-then-rejoin',
  about: 'Somebody forces the old primary back, writable, and stops it cleanly later: it comes back by a rewind.',
  happenings: [
    { atMs: 0, what: 'kill', member: 'orders-1' },
    { atMs: 12_000, what: 'force-writable', member: 'orders-1' },
    { atMs: 24_000, what: 'stop', member: 'orders-1' },
  ],
  operator: 'approves',
  lastsMs: 80_000,
  must: { verdicts: ['primary-down', 'split-brain'], ends: ['succeeded'], promotions: 1, finalVerdict: 'healthy' },
  mustNever: { verdicts: [] },
};
