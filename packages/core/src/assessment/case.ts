// One frozen input of a judgment: what is remembered, what is configured, what time it is. Every hypothesis reads only this.
import type { ClusterTopology, FenceMethod, Policy, WitnessIdentity } from '../cluster/index.ts';
import type { ClusterMemory, SourceMemory } from '../observation/index.ts';

export type Case = {
  readonly nowMs: number;
  readonly topology: ClusterTopology;
  readonly policy: Policy;
  readonly witnesses: readonly WitnessIdentity[];
  readonly memory: ClusterMemory;
  readonly sources: ReadonlyMap<string, SourceMemory>;
  /** Who is the primary as far as is known. */
  readonly primary: string;
  /** The timeline it was last seen on. */
  readonly timeline?: number | undefined;
  /** A run that was given up left it fenced: what it answers in recovery is no sign that it serves. */
  readonly isFenceLeft?: boolean | undefined;
  /** The fence that this run could not prove. */
  readonly failedFence?: FenceMethod | undefined;
  /** Standbys that streamed from it when it was last healthy; survives a restart of the controller. */
  readonly attached?: readonly string[] | undefined;
  /** Ways to fence it that were tried and not proven: passed over. */
  readonly fencesTried?: readonly string[] | undefined;
  /** When the last promotion by our hand or another's was seen. */
  readonly lastPromotionAtMs?: number | undefined;
  /** Began with the first bad answer of what is suspected now; undefined while nothing is. */
  readonly suspectedSinceMs?: number | undefined;
  /** When the newest commit on the primary was seen before the trouble. */
  readonly startingSinceMs?: number | undefined;
};

/** A probe ends by then, ms. */
const deadlineMs = { tcp: 1_000, sql: 2_000, write: 3_000, other: 2_000 } as const;
const INTERVAL_MS = 1_000;
/** What the policy's freshness comes to for `sql`, asked each second: the policy's number scales all. */
const FRESHNESS_OF_SQL_MS = 5_000;

export type Watched = Pick<Case, 'policy' | 'topology'>;

/** How old an answer of a probe may be and still count: 2 × max(interval, deadline) + 1 s, scaled by policy. */
export function freshnessMs({ policy, topology }: Watched, probe: keyof typeof deadlineMs): number {
  const { intervalMs = INTERVAL_MS } = topology;
  const scale = policy.freshnessMs / FRESHNESS_OF_SQL_MS;
  return (2 * Math.max(intervalMs, deadlineMs[probe]) + 1_000) * scale;
}

/** A span that what was seen "just before" must fall into: however short it is, what is still fresh falls into it. */
export function spanMs(watched: Watched, ms: number): number {
  return Math.max(ms, freshnessMs(watched, 'other'));
}
