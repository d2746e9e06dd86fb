// What may be asked for without a failure: a switchover, or that a member comes back as a standby. It becomes a proposal like
// any other: the plan is made before the question, and nothing runs without an approval of it.
import { z } from 'zod';
import { Id } from '../cluster/index.ts';

export const Request = z.object({
  kind: z.enum(['switchover', 'rejoin']),
  /** Who is to be promoted, or to come back; absent = the best standby of a switchover. */
  member: Id.optional(),
  /** Of a rejoin: keep what both have and rewind the rest, or copy everything anew; absent = whatever it needs. */
  how: z.enum(['rewind', 'clone']).optional(),
  /** Not begun before that moment; epoch ms. */
  notBeforeMs: z.number().optional(),
  by: z.object({ kind: z.enum(['person', 'engine']), id: z.string(), name: z.string() }),
  reason: z.string(),
  atMs: z.number(),
});
export type Request = z.infer<typeof Request>;
