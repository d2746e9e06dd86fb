// What the controller and an agent say to one another. The agent dials out (long poll, HTTP over TLS or a unix socket):
//   POST /agent/v1/poll          body SignedByAgent<AgentPoll>    -> 200 SignedCommand | 204 after POLL_WAIT_MS
//   POST /agent/v1/results       body SignedByAgent<AgentResult>  -> 204
//   POST /agent/v1/observations  body SignedBatch                 -> 204
// A signature is Ed25519 over the exact bytes of `body`, base64. Verbs are a closed list, arguments checked scalars.
import { z } from 'zod';
import { Lsn } from '../cluster/index.ts';

export const POLL_WAIT_MS = 20_000;

export const SignedByAgent = z.object({
  agent: z.string(),
  body: z.string().max(262_144),
  signature: z.string().max(128),
});
export type SignedByAgent = z.infer<typeof SignedByAgent>;
export const SignedCommand = z.object({ body: z.string().max(65_536), signature: z.string().max(128) });
export type SignedCommand = z.infer<typeof SignedCommand>;

export const AgentPoll = z.object({
  v: z.literal(1),
  cluster: z.string(),
  member: z.string(),
  systemIdentifier: z.string().optional(),
  bootId: z.string(),
  /** Fresh for each poll; a command must carry it. */
  nonce: z.string().min(16),
});
export type AgentPoll = z.infer<typeof AgentPoll>;

/** What must hold at the target when `promote` runs; all of it is in the one guarded statement. */
export const PromoteArgs = z.object({
  timeline: z.number().int(),
  atLeastLsn: Lsn,
  /** Milliseconds from the command's leaving the controller after which the target must not promote. */
  withinMs: z.number().int().min(100).max(30_000),
});
/** Another member of the set, and where its Postgres is reached for replication. */
const Upstream = z.object({ upstream: z.string(), host: z.string().min(1), port: z.number().int() });
/** What a member's data are made of: the primary, out of recovery on this timeline at that moment. */
const SourceArgs = Upstream.extend({ timeline: z.number().int() });
const SlotName = z.string().regex(/^[a-z0-9_]{1,63}$/);

/** synchronous_standby_names by members' ids: the agent knows their application names. */
export const SyncNames = z.discriminatedUnion('method', [
  z.object({
    method: z.enum(['any', 'first']),
    number: z.number().int().min(1),
    members: z.array(z.string()).min(1),
  }),
  z.object({ method: z.literal('none') }),
]);
export type SyncNames = z.infer<typeof SyncNames>;
/** `lower`: the names stay as they stand there, and fewer of them are waited for. */
const Lower = z.object({ method: z.literal('lower'), number: z.number().int().min(1) });
/** As it was before this agent lowered or emptied it: `was` is only held against what the agent remembers of that. */
const Before = z.object({ method: z.literal('before'), was: z.string().min(1).max(8_192) });
const SyncChange = z.discriminatedUnion('method', [...SyncNames.options, Lower, Before]);
export type SyncChange = z.infer<typeof SyncChange>;

export const AgentVerb = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('look'), args: z.object({}) }),
  /** `clean`, for a switchover: a fast stop only, never a kill; what doesn't stop within the ttl isn't fenced. */
  z.object({
    verb: z.literal('fence'),
    args: z.object({
      proposal: z.string(),
      mode: z.literal('clean').optional(),
      /** Up to there the candidate has all: the end of the WAL is looked for from shortly before it. */
      after: Lsn.optional(),
    }),
  }),
  z.object({ verb: z.literal('unfence'), args: z.object({ proposal: z.string() }) }),
  z.object({ verb: z.literal('promote'), args: PromoteArgs }),
  /** Follow another member: primary_conninfo host and port only; user, passfile and the rest stay the member's own. */
  z.object({ verb: z.literal('repoint'), args: Upstream.extend({ slot: z.string().optional() }) }),
  /** Catch up from a sibling that is ahead. Without `slot` none is used meanwhile: the sibling needn't have one. */
  z.object({
    verb: z.literal('settle'),
    args: Upstream.extend({ atLeastLsn: Lsn, slot: SlotName.optional() }),
  }),
  /** Start a member that is down, fenced or read-only as a standby of another; lifts its fence. */
  z.object({ verb: z.literal('start-as-standby'), args: Upstream.extend({ slot: SlotName.optional() }) }),
  /** Take back what this member wrote beyond the common history. Leaves it fenced and down. */
  z.object({ verb: z.literal('rewind'), args: SourceArgs }),
  /** Make this member's data directory anew from another member. Leaves it fenced and down. */
  z.object({ verb: z.literal('clone'), args: SourceArgs }),
  /** Physical slots this member must have as an upstream. */
  z.object({ verb: z.literal('slots'), args: z.object({ names: z.array(SlotName) }) }),
  /** Slots it needs no more: only inactive physical ones that `slots` made, that are named for a member, or `petrov_…`. */
  z.object({ verb: z.literal('drop-slots'), args: z.object({ names: z.array(SlotName) }) }),
  z.object({ verb: z.literal('sync-names'), args: SyncChange }),
  /** Stop and start the candidate: drops a promotion that is pending. */
  z.object({ verb: z.literal('restart-candidate'), args: z.object({}) }),
]);
export type AgentVerb = z.infer<typeof AgentVerb>;

/** What a host may allow its agent beyond looking. */
export const ACT_VERBS = [
  'fence',
  'unfence',
  'promote',
  'repoint',
  'settle',
  'start-as-standby',
  'rewind',
  'clone',
  'slots',
  'drop-slots',
  'sync-names',
  'restart-candidate',
] as const satisfies readonly Exclude<AgentVerb['verb'], 'look'>[];

export const AgentCommand = z.intersection(
  AgentVerb,
  z.object({
    v: z.literal(1),
    /** run/step/attempt: an id seen before returns the stored result and acts no second time. */
    id: z.string().min(1),
    cluster: z.string(),
    member: z.string(),
    systemIdentifier: z.string(),
    /** The cluster's promotion epoch; lower than one seen before is refused. */
    epoch: z.number().int().min(0),
    agentNonce: z.string(),
    /** How long the controller kept the poll open: what passed beyond that, since the agent asked, is the command's age. */
    heldMs: z.number().int().min(0),
    ttlMs: z.number().int().min(1),
    /** Absent only for `look`. */
    approval: z.object({ proposal: z.string(), revision: z.number().int(), planDigest: z.string() }).optional(),
  }),
);
export type AgentCommand = z.infer<typeof AgentCommand>;

export const MemberFacts = z.object({
  postgres: z.enum(['running', 'absent', 'stopped', 'starting']).optional(),
  inRecovery: z.boolean().optional(),
  timeline: z.number().int().optional(),
  receivedLsn: Lsn.optional(),
  replayedLsn: Lsn.optional(),
  /** The end of the WAL of a server out of recovery, or of one that is down: after a clean stop, of its last checkpoint. */
  lsn: Lsn.optional(),
  systemIdentifier: z.string().optional(),
  replayPaused: z.boolean().optional(),
  /** Base backups that are being taken from it. */
  backupsRunning: z.number().int().optional(),
  /** Fence proof. */
  processesLeft: z.number().int().optional(),
  sharedMemoryAttached: z.boolean().optional(),
  controlState: z.string().optional(),
  standbySignal: z.boolean().optional(),
  fenced: z.boolean().optional(),
  /** Of its machine, as the switch that feeds it says. */
  power: z.enum(['on', 'off']).optional(),
  /** What a fence outside of the host answered. */
  proof: z.string().max(8_192).optional(),
  upstream: z.string().optional(),
  receiverStatus: z.string().optional(),
  /** Why it doesn't follow: the last complaint in Postgres's own log since the start. */
  logSays: z.string().optional(),
  /** A rewind or clone ended half-way: this member can't be started until one of them succeeds. */
  unfinished: z.enum(['rewind', 'clone']).optional(),
  /** Where this member's WAL left the common history. */
  divergedFrom: Lsn.optional(),
  /** Its WAL beyond that: never replicated. */
  divergedBytes: z.number().int().min(0).optional(),
  /** What was put aside on the member's host before it was overwritten, and its size. */
  savedTo: z.string().optional(),
  savedBytes: z.number().int().min(0).optional(),
  /** By name, those that `slots` made just now: the others were there. */
  slotsMade: z.array(SlotName).optional(),
  /** As it was before `sync-names`; the text itself where it can't be told by members' ids. */
  syncNamesBefore: z.union([SyncNames, z.string()]).optional(),
  /** As Postgres showed it before this agent first lowered or emptied it, an attempt before this one included. */
  syncTextBefore: z.string().optional(),
  /** As it is after `sync-names`. */
  syncText: z.string().optional(),
});
export type MemberFacts = z.infer<typeof MemberFacts>;

export const AgentResult = z.object({
  v: z.literal(1),
  id: z.string(),
  nonce: z.string(),
  cluster: z.string(),
  member: z.string(),
  state: z.enum(['done', 'refused', 'ambiguous']),
  /** One sentence for a person. */
  says: z.string(),
  facts: MemberFacts.default({}),
  bootId: z.string(),
});
export type AgentResult = z.infer<typeof AgentResult>;
