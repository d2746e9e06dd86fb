// GET /clusters/:id/readiness: would a failover work now, and what would it cost.
import { z } from 'zod';
import { ReadinessState } from '../readiness/check.ts';

export const ReadinessCheck = z.object({
  id: z.string(),
  title: z.string(),
  state: ReadinessState,
  /** What is, in a sentence. */
  says: z.string(),
  /** What a person can do about it. */
  toDo: z.string().optional(),
});
export type ReadinessCheck = z.infer<typeof ReadinessCheck>;

export const ReadinessView = z.object({
  cluster: z.string(),
  nowMs: z.number(),
  /** When the servers were asked; an answer is kept for some seconds. */
  atMs: z.number(),
  says: z.string(),
  checks: z.array(ReadinessCheck),
});
export type ReadinessView = z.infer<typeof ReadinessView>;
