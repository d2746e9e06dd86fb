// The executor's own record of one approved plan: six kinds of event, from which its state is folded. Nothing here is
// ever edited; an illegal event is a bug. After a crash the journal alone says what is next.
import { z } from 'zod';
import { Ahead, Plan, Step } from '../plan/plan.ts';
import { MemberFacts } from '../wire/agent.ts';

export const JournalEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), step: z.string(), attempt: z.number().int().min(1), atMs: z.number() }),
  z.object({
    type: z.literal('done'),
    step: z.string(),
    attempt: z.number().int(),
    atMs: z.number(),
    says: z.string(),
    facts: z.record(z.string(), MemberFacts).default({}),
  }),
  z.object({
    type: z.literal('refused'),
    step: z.string(),
    attempt: z.number().int(),
    atMs: z.number(),
    says: z.string(),
    /** Of a settling: the standby whose WAL the candidate takes first. */
    ahead: Ahead.optional(),
  }),
  z.object({
    type: z.literal('ambiguous'),
    step: z.string(),
    attempt: z.number().int(),
    atMs: z.number(),
    says: z.string(),
    /** Nothing of it was ever handed out: it can't happen any more. */
    isUnsent: z.boolean().optional(),
  }),
  z.object({ type: z.literal('stopped'), atMs: z.number(), says: z.string() }),
  z.object({ type: z.literal('resumed'), atMs: z.number(), by: z.string() }),
  z.object({ type: z.literal('abandoned'), atMs: z.number(), by: z.string(), says: z.string() }),
]);
export type JournalEvent = z.infer<typeof JournalEvent>;

export const Run = z.object({
  id: z.string(),
  proposal: z.string(),
  revision: z.number().int(),
  cluster: z.string(),
  planDigest: z.string(),
  plan: Plan,
  capBytes: z.number(),
  startedAtMs: z.number(),
  journal: z.array(JournalEvent),
  /** A person gives it up: these steps run instead of the plan's. */
  abandoning: z
    .object({
      by: z.string(),
      atMs: z.number(),
      reason: z.string(),
      steps: z.array(Step),
      /** Nothing is lifted: the old primary stays as the fence left it. */
      leavesFence: z.boolean().optional(),
    })
    .optional(),
});
export type Run = z.infer<typeof Run>;
