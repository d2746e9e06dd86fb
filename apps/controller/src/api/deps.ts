// What the web surface needs of the rest of the controller. It reads, it asks the loop to decide, and it never acts.
import type { Assessment } from '@petrov/core/assessment';
import type { AuditDraft, DecisionInput, Effect, EngineState, RequestInput } from '@petrov/core/engine';
import type { Run } from '@petrov/core/journal';
import type { Proposal } from '@petrov/core/proposal';
import type {
  AuditPage,
  AuditVerification,
  ClusterView,
  ControllerConfig,
  ProposalView,
  ReadinessView,
} from '@petrov/core/wire';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

/** The engine's answer to a decision. */
export type DecisionAnswer = Extract<Effect, { type: 'reply' }>;

/** Told after the transaction of its step was committed and the new state was taken. It carries no content but for entries. */
export type ControllerEvent =
  | { readonly type: 'cluster'; readonly cluster: string }
  | { readonly type: 'assessed'; readonly assessment: Assessment }
  | { readonly type: 'proposal'; readonly proposal: string }
  | { readonly type: 'run'; readonly run: string }
  | { readonly type: 'audit'; readonly entry: AuditPage['entries'][number] };

export type ControllerEvents = {
  /** Returns how to stop listening. A listener never throws. */
  readonly subscribe: (listener: (event: ControllerEvent) => void) => () => void;
};

export type AuditReader = {
  /** Newest first; entries with a sequence below `before`. */
  readonly page: (query: {
    readonly before?: number | undefined;
    readonly limit: number;
    readonly cluster?: string | undefined;
  }) => Promise<AuditPage>;
  readonly verify: () => Promise<AuditVerification>;
  /** The record as a file, line by line, as `@petrov/core/audit` verifies it offline. */
  readonly exportLines: () => AsyncIterable<string>;
  /** Sign-ins and refusals that the engine doesn't see; resolves when the entry is durable. */
  readonly append: (entry: AuditDraft) => Promise<void>;
};

export type OutboxReader = {
  readonly paged: (proposal: string) => Promise<ProposalView['paged']>;
  readonly waiting: () => Promise<{ readonly count: number; readonly oldestAtMs?: number | undefined }>;
};

/** What the store keeps of ended proposals and runs, newest first. */
export type RecordReader = {
  readonly proposals: (limit: number) => Promise<readonly Proposal[]>;
  readonly proposal: (id: string) => Promise<Proposal | undefined>;
  /** Every revision of one, oldest first. */
  readonly revisions: (id: string) => Promise<ProposalView['history']>;
  /** With their proposals, as of one moment: apart, a run could be told as over whose last step is not yet. */
  readonly runs: (limit: number) => Promise<readonly RunSeen[]>;
  readonly run: (id: string) => Promise<RunSeen | undefined>;
};

export type RunSeen = { readonly run: Run; readonly proposal: Proposal };

export type ApiDeps = {
  readonly config: ControllerConfig;
  readonly version: string;
  readonly clock: { readonly nowMs: () => number; readonly monotonicMs: () => number };
  readonly log: Logger;
  readonly getState: () => EngineState;
  /** Resolves with the engine's answer, after the transaction of its step. */
  readonly submitDecision: (decision: DecisionInput) => Promise<DecisionAnswer>;
  readonly submitRequest: (request: RequestInput) => Promise<DecisionAnswer>;
  readonly events: ControllerEvents;
  /** Petrov's own Postgres; the tables of `auth/tables.ts` are there. */
  readonly pool: Pool;
  readonly audit: AuditReader;
  readonly outbox: OutboxReader;
  readonly records: RecordReader;
  /** Asks the cluster's servers whether a failover would work now, and what it would cost. */
  readonly readiness: (view: ClusterView) => Promise<ReadinessView>;
  /** In a word: `ready`, or what is wrong. */
  readonly redisStatus: () => string;
  /** Where the unix socket for the host's own terminal is made, mode 0600. */
  readonly adminSocket: string;
  /** `var/controller.json`, told to terminals of this host; absent: nothing is written. */
  readonly recordFile?: string | undefined;
  /** The built console; a folder that isn't there is said, and the API works without it. */
  readonly consoleFolder: string;
};
