// Nothing fences, and more could be lost than the policy accepts: it takes two people, and one of them alone moves nothing.
import type { Scenario } from './scenario.ts';

export const twoPeople: Scenario = {
  name: 'two-people',
  about:
    'The primary is killed; no fence is configured and the policy accepts a loss of 32 KiB only. One person approves, tries again, and then another does.',
  happenings: [{ atMs: 0, what: 'kill', member: 'orders-1' }],
  policy: { maxLossBytes: 32_768 },
  fences: [],
  operator: 'two-approve',
  lastsMs: 30_000,
  must: { verdicts: ['primary-down'], ends: ['succeeded'], promotions: 1 },
  mustNever: { verdicts: ['split-brain'] },
};
