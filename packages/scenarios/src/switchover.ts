// A planned change of the primary, and the controller dies at each place of it: the old one is stopped cleanly, nothing is
// lost, and it comes back as a standby.
import type { Scenario } from './scenario.ts';

export const switchover: Scenario = {
  name: 'switchover',
  about:
    'A person asks for a planned change of the primary; the controller is killed once, at each point where that could matter.',
  happenings: [{ atMs: 0, what: 'ask-switchover', member: 'orders-3' }],
  operator: 'approves',
  lastsMs: 45_000,
  diesEverywhere: true,
  must: { verdicts: ['healthy'], ends: ['succeeded'], promotions: 1 },
  mustNever: { verdicts: ['split-brain'] },
};
