// One member of a cluster as people look at it: a part of GET /clusters/:id.
import { z } from 'zod';
import { Lsn } from '../cluster/index.ts';
import { LoginFacts } from '../observation/observation.ts';

export const MemberView = z.object({
  id: z.string(),
  zone: z.string(),
  role: z.enum(['primary', 'standby', 'unknown']),
  /** In words: "serving", "streaming from orders-1", "Postgres is absent", "fenced: starts read-only". */
  condition: z.string(),
  timeline: z.number().optional(),
  lsn: Lsn.optional(),
  receivedLsn: Lsn.optional(),
  replayedLsn: Lsn.optional(),
  upstream: z.string().optional(),
  receiver: z.string().optional(),
  behindBytes: z.number().optional(),
  /** Age of the newest message from its upstream, ms, as last told. */
  lastMessageAgeMs: z.number().optional(),
  sync: z.boolean(),
  seenAtMs: z.number().optional(),
  /** When its start gate was last asked; absent = not known. */
  gateAskedAtMs: z.number().optional(),
  /** Verbs its agent obeys beside looking, as it told last; absent = it doesn't tell. */
  agentAllows: z.array(z.string()).optional(),
  /** What its agent found of its logins at the others, and when. */
  logins: LoginFacts.pick({ peers: true }).extend({ atMs: z.number() }).optional(),
});
export type MemberView = z.infer<typeof MemberView>;
