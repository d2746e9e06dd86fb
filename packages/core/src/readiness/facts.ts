// What readiness is judged by: what each server says of itself, what the record proves, who is heard. A thing that couldn't
// be read is told with its reason; nothing unread is ever taken as good.
import { z } from 'zod';
import type { LoginFacts } from '../observation/index.ts';
import type { FenceMethod } from '../cluster/index.ts';

export const SlotFacts = z.object({
  name: z.string(),
  kind: z.enum(['physical', 'logical']),
  isActive: z.boolean(),
  isTemporary: z.boolean(),
  /** Kept at standbys too (PostgreSQL 17, `failover`). */
  isFailover: z.boolean(),
  /** WAL since the place that it holds; null = it holds none. */
  keptBytes: z.number().nullable(),
});

/** One server's own answer to one question. No text in it can hold a secret: of such settings only what matters is asked. */
export const ServerFacts = z.object({
  versionNum: z.number().int(),
  inRecovery: z.boolean(),
  /** As in pg_settings, in the setting's own unit. */
  settings: z.record(z.string(), z.string()),
  conninfo: z.object({
    isSet: z.boolean(),
    /** A passfile, a password, a certificate or a service is named. */
    hasCredentials: z.boolean(),
    /** By which an upstream knows it. */
    applicationName: z.string(),
  }),
  hasArchiveCommand: z.boolean(),
  slots: z.array(SlotFacts),
  archiver: z.object({ isFailing: z.boolean(), lastFailedWal: z.string().nullable() }),
  isReplayPaused: z.boolean(),
  isReceiving: z.boolean(),
  longestTransaction: z.object({ pid: z.number().int(), seconds: z.number() }).nullable(),
  preparedTransactions: z.number().int(),
});
export type ServerFacts = z.infer<typeof ServerFacts>;

export type Told<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly says: string };

export type MemberReadiness = {
  readonly id: string;
  readonly server: Told<ServerFacts>;
  readonly hasAgent: boolean;
  /** A synchronous standby by configuration. */
  readonly isSync?: boolean | undefined;
  /** Heard within its freshness. */
  readonly isAgentHeard: boolean;
  /** When its start gate was last asked, by what its agent tells. */
  readonly gateAskedAtMs?: number | undefined;
  /** Verbs its agent obeys beside looking, as it told last. */
  readonly agentAllows?: readonly string[] | undefined;
  /** What its agent found of its logins at the others. */
  readonly logins?: { readonly atMs: number; readonly peers: LoginFacts['peers'] } | undefined;
};

/** A fence that was proven: the newest of each member on the record. */
export type FenceProof = { readonly member: string; readonly method: string; readonly atMs: number };

export type ReadinessFacts = {
  readonly nowMs: number;
  readonly cluster: string;
  readonly primary?: string | undefined;
  /** synchronous_standby_names at the primary before a plan of ours lowered or emptied it, and what was set. */
  readonly syncLowered?: { readonly was: string; readonly set: string } | undefined;
  /** Who would be promoted now, or why nobody. */
  readonly candidate: Told<string>;
  readonly members: readonly MemberReadiness[];
  /** Configured ways to fence, in their order. */
  readonly fences: readonly FenceMethod[];
  readonly proofs: Told<readonly FenceProof[]>;
  readonly unlogged: Told<{ readonly tables: number; readonly unreadDatabases: readonly string[] }>;
  /** Age of each witness's newest heartbeat by the server's own clock, ms. */
  readonly heartbeats: Told<readonly { readonly witness: string; readonly ageMs: number }[]>;
  readonly witnesses: number;
};
