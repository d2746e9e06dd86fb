// What a writer is told, and what it writes down: one JSON line for each acknowledged and each failed write.
import { z } from 'zod';

export const WriterConfig = z.object({
  members: z.array(z.object({ id: z.string(), host: z.string(), port: z.number().int() })).min(1),
  user: z.string(),
  passwordFile: z.string(),
  database: z.string(),
  logFile: z.string(),
  connections: z.number().int().min(0).max(50).default(4),
  /** Pause between two writes of one connection; 0 is back-to-back. */
  pauseMs: z.number().min(0).default(0),
  /** How often each member is tried by a connection of its own; 0 is never. */
  probeEveryMs: z.number().min(0).default(200),
});
export type WriterConfig = z.infer<typeof WriterConfig>;

const Line = z.object({
  connection: z.string(),
  atMs: z.number(),
  monotonicMs: z.number(),
});
export const WriterLine = z.discriminatedUnion('kind', [
  /** Written down after COMMIT has returned. `pinned`: by the connection that tries this member only. */
  Line.extend({ kind: z.literal('ack'), id: z.number(), member: z.string(), pinned: z.boolean() }),
  /** Not acknowledged: the row may be there or not. */
  Line.extend({ kind: z.literal('fail'), member: z.string().nullable(), says: z.string() }),
]);
export type WriterLine = z.infer<typeof WriterLine>;
export type Ack = Extract<WriterLine, { kind: 'ack' }>;
export type Failure = Extract<WriterLine, { kind: 'fail' }>;

/** One line each second on the writer's standard output: what a user's traffic looks like. */
export const CanaryLine = z.object({
  atMs: z.number(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  p99Ms: z.number().nullable(),
});
export type CanaryLine = z.infer<typeof CanaryLine>;
