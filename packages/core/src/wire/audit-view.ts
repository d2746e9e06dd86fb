// The record as the API shows it: its entries, a page of them, and whether the chain holds.
import { z } from 'zod';

export const AuditEntryView = z.object({
  seq: z.number(),
  atMs: z.number(),
  code: z.string(),
  /** What happened, in a sentence. */
  says: z.string(),
  actor: z.object({
    kind: z.string(),
    id: z.string(),
    name: z.string(),
    via: z.string().optional(),
    proof: z.string().optional(),
  }),
  cluster: z.string().optional(),
  proposal: z.string().optional(),
  payload: z.record(z.string(), z.unknown()),
  hash: z.string(),
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;
export const AuditPage = z.object({
  entries: z.array(AuditEntryView),
  total: z.number(),
  nextBefore: z.number().optional(),
});
export type AuditPage = z.infer<typeof AuditPage>;
export const AuditVerification = z.object({
  ok: z.boolean(),
  entries: z.number(),
  says: z.string(),
  firstBad: z.object({ seq: z.number(), check: z.string(), says: z.string() }).optional(),
});
export type AuditVerification = z.infer<typeof AuditVerification>;
