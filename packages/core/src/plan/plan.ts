// What would be done, made before anybody is asked. A plan leaves nothing to choose while it's executed.
import { z } from 'zod';
import { FenceMethod, Lsn } from '../cluster/index.ts';

export const StepVerb = z.enum([
  'look',
  'fence',
  'settle',
  'promote',
  'verify',
  'repoint',
  'fast-forward',
  'prepare',
  'await-commit',
  'drop-slots',
  'restore-sync',
  'rewind',
  'clone',
  'start-as-standby',
  'drop-old-slots',
  'drop-promotion',
  'unfence',
]);
export type StepVerb = z.infer<typeof StepVerb>;

export const Step = z.object({
  id: z.string(),
  verb: StepVerb,
  /** The member it's done at. */
  member: z.string(),
  says: z.string(),
  /** The exact act, without secrets. */
  command: z.string(),
  undo: z.enum(['nothing-to-undo', 'reversible', 'irreversible']),
  deadlineMs: z.number().int().positive(),
  /** The member it's done from: whose WAL is taken, or who is followed; absent = as the plan's kind says. */
  from: z.string().optional(),
  /** It must be there at least afterwards. */
  atLeastLsn: Lsn.optional(),
  /** Made at the candidate meanwhile, for those who will follow it. */
  slots: z.array(z.string()).optional(),
  /** For so many standbys its commits wait afterwards, at most; 0 = for nobody. */
  waitFor: z.number().int().min(0).optional(),
  /** The synchronous_standby_names that is put back, and what a plan of ours set in its place: nothing else is overwritten. */
  was: z.string().optional(),
  set: z.string().optional(),
  /** It's done when the settling finds one of these ahead, from the furthest; with `from` it's also done without that. */
  ifAhead: z.array(z.string()).min(1).optional(),
  /** How its being done is recognised. */
  doneWhen: z.string(),
  /** A follow-up never makes a run stuck: it stays open with its reason. */
  isFollowUp: z.boolean(),
  /** A follow-up that nobody tries: why it stays open until a person asks for it. */
  openBecause: z.string().optional(),
});
export type Step = z.infer<typeof Step>;

/** A standby that has more WAL than the candidate, up to there. */
export const Ahead = z.object({ member: z.string(), lsn: Lsn });
export type Ahead = z.infer<typeof Ahead>;

export const CandidateRow = z.object({
  member: z.string(),
  zone: z.string(),
  lsn: Lsn.optional(),
  /** Bytes behind the newest that is known of the primary; absent = unknown. */
  behindBytes: z.number().optional(),
  isChosen: z.boolean(),
  /** Why it's the one, or why it isn't. */
  says: z.string(),
});
export type CandidateRow = z.infer<typeof CandidateRow>;

export const LossQuote = z.object({
  /** Behind the newest that is known of the primary. */
  bytes: z.number().min(0),
  seconds: z.number().min(0).optional(),
  /** With the WAL that the primary may have written since it was last seen. */
  upperBoundBytes: z.number().min(0),
  upperBoundSeconds: z.number().min(0).optional(),
  /** What the operator consents to; execution refuses above it. */
  capBytes: z.number().min(0),
  says: z.string(),
});
export type LossQuote = z.infer<typeof LossQuote>;

export const FencePlan = z.object({
  method: z.enum([...FenceMethod.options, 'unfenced']),
  member: z.string(),
  /** Those without whose acknowledgement it commits nothing, where that is what fences. */
  standbys: z.array(z.string()).optional(),
  /** Can the old primary still take writes? In words. */
  says: z.string(),
});
export type FencePlan = z.infer<typeof FencePlan>;

export const PlanKind = z.enum(['failover', 'switchover', 'rejoin']);
export type PlanKind = z.infer<typeof PlanKind>;

export const Plan = z.object({
  v: z.literal(1),
  cluster: z.string(),
  /** What is asked: let a standby take over from one that failed; from one that serves; bring a member back as a standby. */
  kind: PlanKind,
  /** The epoch this plan would consume: one promotion per epoch. */
  epoch: z.number().int().min(0),
  /** Who takes writes before it runs; of a failover, who did. */
  primary: z.string(),
  /** Whose role changes: the standby that is promoted; of a rejoin, the member that comes back. */
  candidate: z.string(),
  systemIdentifier: z.string(),
  timeline: z.number().int(),
  candidateLsn: Lsn,
  ranking: z.array(CandidateRow),
  loss: LossQuote,
  fence: FencePlan,
  steps: z.array(Step),
  /** The step after which there is no way back. */
  pointOfNoReturn: z.string(),
  consequences: z.array(z.string()),
});
export type Plan = z.infer<typeof Plan>;
