// The controller dies before or after any store and during or after any act of a run, and comes back 2 s later.
import type { Scenario } from './scenario.ts';

export const controllerRestartsAtEachJournalPoint: Scenario = {
  name: 'controller-restarts-at-each-journal-point',
  about: 'A failover during which the controller is killed once, at each point where that could matter.',
  happenings: [{ atMs: 0, what: 'kill', member: 'orders-1' }],
  operator: 'approves',
  lastsMs: 60_000,
  diesEverywhere: true,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1 },
  mustNever: { verdicts: ['split-brain'] },
};
