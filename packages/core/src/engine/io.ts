// The contract between the engine and its shell. `step(state, input)` gives a new state and effects, as data. The shell:
//   1. performs every `store`, `audit` and `page` effect of one step in ONE transaction of Petrov's own Postgres
//      (a page is an outbox row); if it fails, the old state stays and nothing is acted: the input may come again;
//   2. then takes the new state and answers `reply`;
//   3. then acts (`look`, `perform`), outside any transaction, and feeds each result back as an input.
// No effect of kind 3 is ever performed whose step's kind 1 effects weren't committed first.
import { z } from 'zod';
import type { Assessment } from '../assessment/assessment.ts';
import type { Actor, DecisionKind, DecisionProof, Displayed, Overrides } from '../approval/decision.ts';
import { Lsn } from '../cluster/index.ts';
import type { JournalEvent, Run } from '../journal/run.ts';
import type { Observation } from '../observation/index.ts';
import { FencePlan, type Step } from '../plan/plan.ts';
import type { Request } from '../plan/request.ts';
import type { Digests, Proposal } from '../proposal/proposal.ts';
import type { MemberFacts } from '../wire/agent.ts';

/** What the engine remembers of a cluster across restarts. */
export const ClusterRecord = z.object({
  cluster: z.string(),
  /** Consumed by each run that starts: at most one promotion carries one epoch. */
  epoch: z.number().int().min(0),
  primary: z.string(),
  timeline: z.number().int().optional(),
  systemIdentifier: z.string().optional(),
  /** The newest position known of the primary, for quotes after a restart. */
  primaryLsn: Lsn.optional(),
  /** Standbys that streamed from this primary when it was last healthy: only they may take over. */
  attached: z.array(z.string()).optional(),
  proposalsOpened: z.number().int().min(0),
  lastPromotionAtMs: z.number().optional(),
  /** Who was primary before the last promotion by our hand, and how it left; until it's back, or somebody else leads. */
  former: z
    .object({
      member: z.string(),
      sinceMs: z.number(),
      lastLsn: Lsn.optional(),
      leftAtLsn: Lsn.optional(),
      isClean: z.boolean().optional(),
      /** It was seen taking writes since: where its WAL ends is not known any more. */
      hasWritten: z.boolean().optional(),
      /** Its return was proposed: not again by itself. */
      isOffered: z.boolean().optional(),
    })
    .optional(),
  /** Ways to fence this primary that were tried and not proven, and that a person left. */
  fencesTried: z.object({ member: z.string(), methods: z.array(z.string()) }).optional(),
  /** A run was given up and its fence left: until another leads, or this one is seen to serve. */
  fenceLeft: z
    .object({
      ...FencePlan.pick({ method: true, member: true, standbys: true }).shape,
      proposal: z.string(),
      sinceMs: z.number(),
      isProven: z.boolean(),
    })
    .optional(),
  /** Members whose synchronous_standby_names a plan of ours lowered, what it was, what was set; until it's set again. */
  syncLowered: z.array(z.object({ member: z.string(), was: z.string(), set: z.string(), atMs: z.number() })).optional(),
  /** The case a person rejected: not raised again until a new fact appears. */
  rejectedCase: z.array(z.string()).optional(),
});
export type ClusterRecord = z.infer<typeof ClusterRecord>;

export type DecisionInput = {
  readonly id: string;
  readonly proposal: string;
  readonly kind: DecisionKind;
  readonly revision: number;
  readonly digests: Digests;
  readonly actor: Actor;
  readonly proof: DecisionProof;
  readonly reason: string;
  readonly displayed: Displayed;
  readonly holdForMs?: number | undefined;
  readonly overrides?: Overrides | undefined;
  /** Of giving up: lift nothing. */
  readonly leavesFence?: boolean | undefined;
};

/** A person asks for a switchover or a rejoin: it only becomes a proposal. */
export type RequestInput = {
  readonly id: string;
  readonly cluster: string;
  readonly kind: Request['kind'];
  readonly member?: string | undefined;
  readonly how?: Request['how'] | undefined;
  readonly notBeforeMs?: number | undefined;
  /** Whom the person takes for the primary: another one there, and it's refused. */
  readonly expectedPrimary?: string | undefined;
  /** Base backups that were being taken from the primary when it was asked; absent = not read. */
  readonly backupsRunning?: number | undefined;
  readonly actor: Actor;
  readonly proof: DecisionProof;
  readonly reason: string;
};

export type StepResult = {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly state: 'done' | 'refused' | 'ambiguous';
  readonly says: string;
  /** Of an ambiguous one: nothing of it was ever handed out. */
  readonly isUnsent?: boolean | undefined;
  /** By member. */
  readonly facts: Readonly<Record<string, MemberFacts>>;
};

/** `steadyMs`: a clock of this process that is never set, beside the time of day; absent = a world in which that isn't either. */
type Clocked = { readonly nowMs: number; readonly steadyMs?: number | undefined };

export type Input = Clocked & InputOf;

type InputOf =
  /** `atMs` of each is arrival minus age, on the controller's clock. Batches of one source arrive in order. */
  | { readonly type: 'observations'; readonly observations: readonly Observation[] }
  /**
   * Several times a second. `loopLagMs`: how late the controller's own loop was; above a second it doubts itself.
   * `deafSinceMs`: since when witnesses and clients can't be heard, whatever they say; absent = they can.
   */
  | { readonly type: 'tick'; readonly loopLagMs?: number; readonly deafSinceMs?: number | undefined }
  | { readonly type: 'decision'; readonly decision: DecisionInput }
  | { readonly type: 'request'; readonly request: RequestInput }
  | { readonly type: 'step-result'; readonly result: StepResult };

export type AuditDraft = {
  readonly atMs: number;
  /** Stable; the list is in docs/audit-codes.md. */
  readonly code: string;
  readonly says: string;
  readonly actor: {
    readonly kind: 'person' | 'engine' | 'service';
    readonly id: string;
    readonly name: string;
    readonly via?: string;
    readonly proof?: string;
  };
  readonly cluster?: string;
  readonly proposal?: string;
  readonly payload: Readonly<Record<string, unknown>>;
};

export type Page = {
  /** Stable: the same page twice is one. */
  readonly id: string;
  readonly cluster: string;
  readonly environment: string;
  /** One incident at the pager for one episode. */
  readonly episode: string;
  readonly event:
    | 'raised'
    | 'revised'
    | 'withdrawn'
    | 'expired'
    | 'rejected'
    | 'held'
    | 'second-needed'
    | 'approved'
    | 'promoted'
    | 'stuck'
    | 'finished'
    | 'warning'
    | 'resolved';
  readonly urgency: 'high' | 'low';
  readonly proposal?: string;
  readonly revision?: number;
  /** Under 240 characters: what is asked, strongest for, strongest against, what if nobody answers. */
  readonly summary: string;
  readonly details: Readonly<Record<string, unknown>>;
};

export type Effect =
  | { readonly type: 'store'; readonly what: 'cluster'; readonly record: ClusterRecord }
  | { readonly type: 'store'; readonly what: 'proposal'; readonly proposal: Proposal }
  /** A new run (its journal is empty); a second run of one (cluster, epoch) must fail in the store. */
  | { readonly type: 'store'; readonly what: 'run'; readonly run: Run }
  | {
      readonly type: 'store';
      readonly what: 'journal';
      readonly run: string;
      readonly seq: number;
      readonly event: JournalEvent;
    }
  | { readonly type: 'audit'; readonly entry: AuditDraft }
  | { readonly type: 'page'; readonly page: Page }
  | { readonly type: 'assessed'; readonly assessment: Assessment }
  | {
      readonly type: 'reply';
      readonly to: string;
      readonly ok: true;
      readonly says: string;
      readonly proposal: Proposal;
    }
  | { readonly type: 'reply'; readonly to: string; readonly ok: false; readonly code: string; readonly says: string }
  | { readonly type: 'look'; readonly cluster: string; readonly nonce: string; readonly forMs: number }
  | {
      readonly type: 'perform';
      readonly run: Run;
      readonly step: Step;
      readonly attempt: number;
      readonly epoch: number;
      readonly nonce: string;
      /** When the newest look was done, by the clock of `steadyMs`; -Infinity: this process has not looked yet. */
      readonly lookedAtSteadyMs: number;
    };
