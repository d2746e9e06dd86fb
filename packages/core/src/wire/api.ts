// REST under /api/v1 and the live events: what the console, the command line and drills rely on. All JSON; times are
// epoch ms on the controller's clock (`nowMs` comes with each answer that has ages); an error is an `ApiError`.
//   GET  /session                         Session | 401      POST /session/link {token} · /session/password · DELETE /session
//   GET  /clusters · /clusters/:id        ClusterView        GET  /clusters/:id/history?minutes=10   ClusterHistory
//   GET  /proposals · /proposals/:id      ProposalView       POST /proposals/:id/decisions   DecisionRequest -> DecisionReply | 409 ApiError
//                                                            POST /clusters/:id/requests   ChangeRequest -> DecisionReply | 409 ApiError
//   GET  /runs · /runs/:id                RunView            GET  /audit?before=&limit=&cluster=   AuditPage    GET /audit/verify   AuditVerification
//   GET  /sandbox                         SandboxView | 404  POST /sandbox/faults FaultRequest · /sandbox/heal    GET /sandbox/inbox  InboxView
//   GET  /clusters/:id/readiness          ReadinessView
//   GET  /status                          StatusView
// Live: socket.io at /live, same cookie, Origin checked. Server -> client only: `cluster` ClusterView, `proposal`
// ProposalView, `run` RunView, `audit` AuditEntryView, `sandbox` SandboxView. A decision is an HTTP POST, never a message.
import { z } from 'zod';
import { Assessment } from '../assessment/assessment.ts';
import { Consent } from '../approval/consent.ts';
import { DecisionKind, Displayed, Overrides, Role } from '../approval/decision.ts';
import { MemberView } from './member-view.ts';
import { CandidateRow, LossQuote } from '../plan/plan.ts';
import { Digests, Proposal, Revision } from '../proposal/proposal.ts';

export const ApiError = z.object({
  error: z.object({
    /** Stable, such as `stale-revision`. */
    code: z.string(),
    /** What happened, what is safe, what to do. */
    message: z.string(),
    /** The place in the request, for 400. */
    where: z.string().optional(),
  }),
});
export type ApiError = z.infer<typeof ApiError>;

export const Session = z.object({
  user: z.object({ id: z.string(), name: z.string(), role: Role }),
  signedInAtMs: z.number(),
  expiresAtMs: z.number(),
  /** True where a sandbox is configured: the demo's panel is shown. */
  hasSandbox: z.boolean(),
  nowMs: z.number(),
});
export type Session = z.infer<typeof Session>;

/** One cell of "who reaches whom": the newest answer of an observer about a member. */
export const ReachCell = z.object({
  outcome: z.string(),
  reading: z.enum(['alive', 'dead', 'silent', 'abstains', 'unseen']),
  latencyMs: z.number().optional(),
  atMs: z.number().optional(),
});
export const ObserverRow = z.object({
  source: z.string(),
  kind: z.enum(['witness', 'host', 'client']),
  zone: z.string().optional(),
  doubt: z.string().optional(),
  lastHeardAtMs: z.number().optional(),
  /** By member id; a member that isn't there was never looked at by it. */
  cells: z.record(z.string(), ReachCell),
});
export const ClusterView = z.object({
  id: z.string(),
  environment: z.string(),
  nowMs: z.number(),
  epoch: z.number(),
  primary: z.string().optional(),
  timeline: z.number().optional(),
  postgresVersion: z.string().optional(),
  assessment: Assessment,
  members: z.array(MemberView),
  observers: z.array(ObserverRow),
  /** Writes of the canaries in the newest second. */
  writes: z.object({ succeeded: z.number(), failed: z.number(), atMs: z.number() }).optional(),
  /** synchronous_standby_names at the primary before a plan of ours lowered or emptied it, and what was set. */
  syncLowered: z.object({ was: z.string(), set: z.string() }).optional(),
  /** The open or running proposal, if any. */
  proposal: z.object({ id: z.string(), state: z.string() }).optional(),
  /** The plan as it would be now. */
  ifItCameToIt: z
    .object({
      candidate: z.string().optional(),
      says: z.string(),
      ranking: z.array(CandidateRow),
      loss: LossQuote.optional(),
      fence: z.string(),
      consent: Consent.optional(),
    })
    .optional(),
});
export type ClusterView = z.infer<typeof ClusterView>;

export const ClusterHistory = z.object({
  nowMs: z.number(),
  fromMs: z.number(),
  verdicts: z.array(z.object({ atMs: z.number(), verdict: z.string(), headline: z.string() })),
  /** One point a second: client writes acknowledged and failed. */
  writes: z.array(z.object({ atMs: z.number(), succeeded: z.number(), failed: z.number() })),
  /** Bytes behind the primary, by member. */
  lag: z.array(z.object({ atMs: z.number(), behindBytes: z.record(z.string(), z.number()) })),
});
export type ClusterHistory = z.infer<typeof ClusterHistory>;

/** Of the approvals that it takes, how many were given, and by whom (ids); not what was said with them. */
export const Approvals = Consent.extend({ by: z.array(z.string()) });
export type Approvals = z.infer<typeof Approvals>;

export const Possible = z.object({ kind: DecisionKind, isPossible: z.boolean(), because: z.string().optional() });
export const ProposalView = z.object({
  proposal: Proposal,
  nowMs: z.number(),
  /** What this session's user may answer now, and why not. */
  possible: z.array(Possible),
  approvals: Approvals.default({ people: 1, because: [], by: [] }),
  paged: z
    .object({ firstAtMs: z.number(), deliveredAtMs: z.number().optional(), channels: z.array(z.string()) })
    .optional(),
  isFresh: z.boolean(),
  evidenceAgeMs: z.number(),
  /** Failing client writes a second, measured; absent = unknown. */
  failingWritesPerSecond: z.number().optional(),
  outageSinceMs: z.number(),
  run: z.string().optional(),
  history: z.array(Revision.pick({ number: true, atMs: true, changes: true })),
});
export type ProposalView = z.infer<typeof ProposalView>;

export const DecisionRequest = z.object({
  decision: DecisionKind,
  revision: z.number().int().min(1),
  digests: Digests,
  reason: z.string().trim().min(3, 'say why, in a few words').max(2_000),
  displayed: Displayed.default({}),
  /** For `approve`: what goes beyond the policy, as it was shown. */
  overrides: Overrides.optional(),
  /** For `hold`: how long, ms. */
  holdForMs: z.number().int().min(10_000).max(86_400_000).optional(),
  /** For `abandon`: lift nothing, leave the old primary as the fence left it. */
  leavesFence: z.boolean().optional(),
  /** The same id twice is one decision. */
  idempotencyKey: z.string().min(8).max(100),
});
export type DecisionRequest = z.infer<typeof DecisionRequest>;
export const DecisionReply = z.object({ proposal: Proposal, says: z.string() });
export type DecisionReply = z.infer<typeof DecisionReply>;

/** A switchover or a rejoin is asked for: it becomes a proposal, and an approver decides. */
export const ChangeRequest = z.object({
  kind: z.enum(['switchover', 'rejoin']),
  /** Who is to be promoted, or to come back; absent = the best standby of a switchover. */
  member: z.string().max(63).optional(),
  /** Of a rejoin; absent = whatever it needs. */
  how: z.enum(['rewind', 'clone']).optional(),
  /** Not before; epoch ms. */
  notBeforeMs: z.number().int().optional(),
  /** Whom you take for the primary; refused when it's another. */
  expectedPrimary: z.string().max(63).optional(),
  reason: z.string().trim().min(3, 'say why, in a few words').max(2_000),
});
export type ChangeRequest = z.infer<typeof ChangeRequest>;

export const StatusView = z.object({
  nowMs: z.number(),
  controller: z.object({
    name: z.string(),
    version: z.string(),
    startedAtMs: z.number(),
    store: z.string(),
    redis: z.string(),
  }),
  clusters: z.array(ClusterView),
  open: z.array(z.object({ id: z.string(), cluster: z.string(), state: z.string(), headline: z.string() })),
});
export type StatusView = z.infer<typeof StatusView>;
