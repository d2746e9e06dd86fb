// What we believe of a cluster, and why: one verdict, the rule that decided it, every item for, against and unknown.
import { z } from 'zod';

export const Verdict = z.enum([
  'healthy',
  'primary-down',
  'primary-hung',
  'primary-isolated',
  'primary-degraded',
  'primary-starting',
  'monitoring-blind',
  'witness-suspect',
  'common-cause',
  'replication-broken',
  'split-brain',
  'no-candidate',
  'declared',
  'inconclusive',
]);
export type Verdict = z.infer<typeof Verdict>;

export const Action = z.enum(['none', 'warn', 'page', 'propose-failover', 'propose-switchover']);
export type Action = z.infer<typeof Action>;

export const EvidenceKind = z.enum(['reach', 'testimony', 'host', 'client', 'intent', 'self', 'fleet']);
export type EvidenceKind = z.infer<typeof EvidenceKind>;

export const Evidence = z.object({
  /** Stable while the claim is the same: a revision is compared by these. */
  id: z.string(),
  kind: EvidenceKind,
  source: z.string(),
  zone: z.string().optional(),
  /** The claim, in words a person understands. */
  says: z.string(),
  /** When it began to hold; epoch ms on the controller's clock. */
  sinceAtMs: z.number(),
  /** When it was last seen to hold; absent where nothing was seen. */
  seenAtMs: z.number().optional(),
  /** The raw answer behind it. */
  sample: z.record(z.string(), z.unknown()).optional(),
});
export type Evidence = z.infer<typeof Evidence>;

export const Assessment = z.object({
  cluster: z.string(),
  atMs: z.number(),
  verdict: Verdict,
  action: Action,
  /** The rule that decided, such as `primary-down/dead-answers`. */
  rule: z.string(),
  /** The answer in a sentence: the heading of the cluster's page. */
  headline: z.string(),
  /** One or two sentences more: who says so, who says otherwise, what isn't proposed and why. */
  explanation: z.string(),
  for: z.array(Evidence),
  against: z.array(Evidence),
  unknown: z.array(Evidence),
  /** Where counter-evidence was looked for; shown when `against` is empty. */
  lookedIn: z.array(z.string()),
  /** When the suspicion began; absent while nothing is suspected. */
  suspectedSinceMs: z.number().optional(),
  /** When a proposal is due if all this lasts. */
  dueAtMs: z.number().optional(),
});
export type Assessment = z.infer<typeof Assessment>;
