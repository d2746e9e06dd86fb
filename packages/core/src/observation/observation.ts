// What one source saw of one member at one time. `atMs` is on the controller's clock, the only one ages are computed with.
// The shapes and outcomes are those of the trace format, version 1.
import { z } from 'zod';
import { CommitWait, Lsn } from '../cluster/index.ts';
import { HeldUpBy } from './held-up.ts';

const sqlFailures = [
  'refused',
  'timeout',
  'unreachable',
  'dns-failed',
  'tls-failed',
  'auth-failed',
  'too-many-connections',
  'starting-up',
  'shutting-down',
  'error',
] as const;
const code = z.string().optional();

export const SqlFacts = z.object({
  inRecovery: z.boolean().optional(),
  readOnly: z.boolean().optional(),
  timeline: z.number().int().optional(),
  lsn: Lsn.optional(),
  systemId: z.string().optional(),
  startedAtMs: z.number().optional(),
  /** A new session finds what a persistent one doesn't: a stopped postmaster, full slots, a rotated password. */
  session: z.enum(['new', 'persistent']).optional(),
  code,
});
export const WriteFacts = z.object({
  beat: z.number().optional(),
  commit: z.enum(['local', 'remote']).optional(),
  code,
});
export const ReceiverStatus = z.enum(['streaming', 'connecting', 'stopped', 'none']);
export const ReceiverFacts = z.object({
  status: ReceiverStatus.optional(),
  upstream: z.string().optional(),
  lastMessageAgeMs: z.number().optional(),
  receivedLsn: Lsn.optional(),
  replayedLsn: Lsn.optional(),
  timeline: z.number().int().optional(),
  replayPaused: z.boolean().optional(),
  beat: z.number().optional(),
  systemId: z.string().optional(),
  /** For whom its own commits would wait, once it's promoted; `members` are those of the names that are ours. */
  /** Would it archive its WAL, once it's promoted. */
  archives: z.boolean().optional(),
  /** For whom its replay waits; absent = for nobody, or not told. */
  heldUpBy: HeldUpBy.optional(),
  commitWait: CommitWait.extend({ members: z.array(z.string()) }).optional(),
  code,
});
/** What it would cost to lose this primary, by what it has and how it's set. */
export const Inventory = z.object({
  /** Those that aren't kept at standbys too. */
  logicalSlots: z.array(z.string()),
  preparedTransactions: z.number().int().min(0),
  rewind: z.enum(['possible', 'no-hints', 'no-full-page-writes']),
  archive: z.enum(['off', 'on', 'failing']),
});
export type Inventory = z.infer<typeof Inventory>;
export const SenderFacts = z.object({
  standbys: z
    .array(
      z.object({
        member: z.string(),
        state: z.string(),
        syncState: z.string(),
        sentLsn: Lsn.optional(),
        flushLsn: Lsn.optional(),
        replayLagMs: z.number().optional(),
      }),
    )
    .optional(),
  waitingForSync: z.number().optional(),
  /** Whose acknowledgement its commits wait for, by configuration: members, else names as they stand there. */
  syncStandbys: z.array(z.string()).optional(),
  inventory: Inventory.optional(),
  code,
});
export const PeerReach = z.enum(['ok', 'refused', 'timeout', 'unreachable']);
/** What this host does for clients: whether the floating address is here, and how its last hook ended. */
const RoutingFacts = z.object({
  address: z.enum(['held', 'not-held']).optional(),
  hook: z
    .object({
      hook: z.enum(['onPromoted', 'onDemoted', 'onFenced']),
      outcome: z.enum(['done', 'failed', 'timed-out', 'ended']),
      says: z.string().max(500),
    })
    .optional(),
});
const Login = z.object({ isOk: z.boolean(), says: z.string().max(300).optional() });
/** What came of trying this member's logins at the others: to follow one, and for a clone or rewind of it by the agent's own. */
export const LoginFacts = z.object({
  agoMs: z.number(),
  peers: z.record(
    z.string(),
    z.object({ follow: Login.optional(), clone: Login.optional(), rewind: Login.optional() }),
  ),
});
export type LoginFacts = z.infer<typeof LoginFacts>;
export const HostFacts = z.object({
  postgres: z.enum(['running', 'absent', 'stopped', 'starting']),
  diskFreeRatio: z.number().optional(),
  link: z.enum(['up', 'down']).optional(),
  recoveryLsn: Lsn.optional(),
  load1: z.number().optional(),
  uptimeS: z.number().optional(),
  peers: z.record(z.string(), PeerReach).optional(),
  /** The agent refuses to let Postgres start writable: proof that the fence stands. */
  fenced: z.boolean().optional(),
  /** How long ago a start of Postgres asked the gate; absent = never, as far as the agent knows. */
  gateAskedAgoMs: z.number().optional(),
  /** It stops Postgres when it has reached nobody for so long. */
  leaseMs: z.number().optional(),
  /** What the agent is at by command, and how much of it is done where that is known. */
  acting: z
    .object({
      verb: z.string().max(40),
      forMs: z.number(),
      doneBytes: z.number().optional(),
      totalBytes: z.number().optional(),
    })
    .optional(),
  logins: LoginFacts.optional(),
  /** Verbs its own file lets it obey beside looking; absent: an agent that doesn't tell. Names that aren't known are kept. */
  allow: z.array(z.string().max(40)).max(64).optional(),
  routing: RoutingFacts.optional(),
});
export const CanaryFacts = z.object({ succeeded: z.number(), failed: z.number(), p99Ms: z.number().optional() });
export const SelfFacts = z.object({
  loopLagMs: z.number().optional(),
  clockStepMs: z.number().optional(),
  gateway: z.enum(['ok', 'unreachable']).optional(),
  peers: z.array(z.string()).optional(),
});
export const IntentFacts = z.object({
  kind: z.enum(['restart', 'maintenance', 'backup', 'switchover']),
  untilMs: z.number().optional(),
  owner: z.string().optional(),
});

const base = { by: z.string(), cluster: z.string(), latencyMs: z.number().optional(), nonce: z.string().optional() };
const ofMember = { ...base, member: z.string() };

/** An observation without its time: a batch carries an age, a trace an `at`, the engine `atMs`. */
export const Sighting = z.discriminatedUnion('probe', [
  z.object({
    ...ofMember,
    probe: z.literal('tcp'),
    outcome: z.enum(['ok', 'refused', 'timeout', 'unreachable', 'dns-failed']),
  }),
  z.object({
    ...ofMember,
    probe: z.literal('sql'),
    outcome: z.enum(['ok', ...sqlFailures]),
    facts: SqlFacts.optional(),
  }),
  z.object({
    ...ofMember,
    probe: z.literal('write'),
    outcome: z.enum([
      'ok',
      'refused',
      'timeout',
      'unreachable',
      'dns-failed',
      'tls-failed',
      'read-only',
      'disk-full',
      'auth-failed',
      'too-many-connections',
      'starting-up',
      'shutting-down',
      'error',
    ]),
    facts: WriteFacts.optional(),
  }),
  z.object({
    ...ofMember,
    probe: z.literal('wal-receiver'),
    outcome: z.enum(['ok', ...sqlFailures]),
    facts: ReceiverFacts.optional(),
  }),
  z.object({
    ...ofMember,
    probe: z.literal('wal-senders'),
    outcome: z.enum(['ok', ...sqlFailures]),
    facts: SenderFacts.optional(),
  }),
  z.object({ ...ofMember, probe: z.literal('host'), outcome: z.literal('ok'), facts: HostFacts }),
  z.object({
    ...base,
    member: z.string().optional(),
    probe: z.literal('canary'),
    outcome: z.literal('ok'),
    facts: CanaryFacts,
  }),
  z.object({
    ...base,
    member: z.string().optional(),
    probe: z.literal('self'),
    outcome: z.literal('ok'),
    facts: SelfFacts,
  }),
  z.object({
    ...base,
    member: z.string().optional(),
    probe: z.literal('intent'),
    outcome: z.enum(['declared', 'cleared']),
    facts: IntentFacts.optional(),
  }),
]);
export type Sighting = z.infer<typeof Sighting>;
export type Probe = Sighting['probe'];
export type Outcome = Sighting['outcome'];

export type Observation = Sighting & { readonly atMs: number };
export type ObservationOf<P extends Probe> = Extract<Observation, { probe: P }>;
