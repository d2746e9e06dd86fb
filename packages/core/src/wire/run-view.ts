// A run as people look at it, at every step and where it stands still.
import { z } from 'zod';
import { JournalEvent } from '../journal/run.ts';
import { Plan, Step } from '../plan/plan.ts';

export const RunStepView = z.object({
  step: Step,
  state: z.enum(['waiting', 'running', 'done', 'refused', 'ambiguous', 'open-follow-up', 'not-needed']),
  attempts: z.number(),
  startedAtMs: z.number().optional(),
  endedAtMs: z.number().optional(),
  says: z.string().optional(),
});
/** Of a run that needs a person, in words: what is known, what is safe, what each way on does and leaves. */
export const StuckView = z.object({
  known: z.array(z.string()),
  safe: z.string(),
  resume: z.string(),
  /** Absent = it can't be given up any more. */
  giveUp: z.string().optional(),
  /** Absent = there is no fence to leave. */
  leaveFence: z.string().optional(),
  /** Absent = it doesn't wait for the proof of a fence. */
  refence: z.string().optional(),
});
export type StuckView = z.infer<typeof StuckView>;
export const RunView = z.object({
  id: z.string(),
  proposal: z.string(),
  cluster: z.string(),
  nowMs: z.number(),
  state: z.enum(['running', 'promoted', 'succeeded', 'stuck', 'abandoned', 'failed', 'superseded']),
  /** Where it stands and what is safe, in a sentence or two. */
  says: z.string(),
  startedAtMs: z.number(),
  approvedAtMs: z.number(),
  steps: z.array(RunStepView),
  journal: z.array(JournalEvent),
  plan: Plan,
  canResume: z.boolean(),
  canAbandon: z.boolean(),
  /** Of one that runs and may be given up: what that does and leaves. */
  abandonSays: z.string().optional(),
  stuck: StuckView.optional(),
});
export type RunView = z.infer<typeof RunView>;
