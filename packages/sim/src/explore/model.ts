// A small world as one value: the real engine, what is stored, what is under way, and what is true. Immutable, so that the
// search can go on from any point.
import {
  type ClusterRecord,
  type Effect,
  type EngineConfig,
  type EngineState,
  initialState,
  step,
  type StepResult,
} from '@petrov/core/engine';
import { ClusterTopology, formatLsn, resolvePolicy } from '@petrov/core/cluster';
import type { Run } from '@petrov/core/journal';
import type { Proposal } from '@petrov/core/proposal';
import { newTruth, type Truth } from './truth.ts';

/** The engine under test; a broken copy of it in the tests that check the search itself. */
export type Engine = { readonly step: typeof step; readonly initialState: typeof initialState };
export const realEngine: Engine = { step, initialState };

export type Perform = Extract<Effect, { type: 'perform' }>;
/** An act that was sent, and when. */
export type Act = Perform & { readonly sentAtMs: number };
export type Stored = {
  readonly record?: ClusterRecord | undefined;
  readonly proposal?: Proposal | undefined;
  readonly run?: Run | undefined;
};
export type Model = {
  readonly nowMs: number;
  readonly engine: EngineState;
  readonly stored: Stored;
  /** Performed and not yet answered; what an earlier process had performed; the newest answer given. */
  readonly outstanding: readonly Act[];
  readonly orphaned: readonly Act[];
  readonly answered?: StepResult | undefined;
  readonly truth: Truth;
  readonly spent: {
    readonly restarts: number;
    readonly decisions: number;
    readonly odd: number;
    readonly requests: number;
  };
};

export const CLUSTER = 'orders';
export const PRIMARY = 'orders-1';
export const STANDBY = 'orders-2';
/** Was the primary before and is down: only in the worlds in which something is asked for. */
export const FORMER = 'orders-3';
export const SYSTEM = '7300000000000000001';
/** Where all WAL ends: nothing is written in the small world. */
export const LSN = formatLsn(0x3000148n);
export const WITNESSES = ['w-a', 'w-b', 'w-c'] as const;
const START_MS = 1_700_000_000_000;

/** What there is besides a primary and its standby; whether the return of a former primary was offered before. */
export type World = 'pair' | 'former-is-offered' | 'former-was-offered';

/** 53 bits are plenty to tell some thousand plans apart, and much faster than SHA-256. */
export function quickHash(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}

/** One bad answer suspects, one good clears, no dwell: each change of mind takes one step of the search. */
const policy = resolvePolicy({
  suspectBad: 1,
  suspectOf: 1,
  clearGood: 1,
  dwellMs: { deadAnswers: 0, stopped: 0, hung: 0, silence: 0 },
  proposalExpiryMs: 10_000,
  executionExpiryMs: 3_000,
});
export const EXECUTION_EXPIRY_MS = policy.executionExpiryMs;

function configOf(world: World): EngineConfig {
  const topology = ClusterTopology.parse({
    id: CLUSTER,
    members: [
      { id: PRIMARY, zone: 'a', role: 'primary' },
      { id: STANDBY, zone: 'b', role: 'standby' },
      ...(world === 'pair' ? [] : [{ id: FORMER, zone: 'c', role: 'standby' }]),
    ],
  });
  return {
    witnesses: WITNESSES.map((id) => ({ id, zone: id.slice(-1) })),
    clusters: [{ ...topology, policy }],
    hash: quickHash,
  };
}

function recordOf(world: World): ClusterRecord | undefined {
  if (world === 'pair') return undefined;
  const isOffered = world === 'former-was-offered' ? { isOffered: true } : {};
  const former = { member: FORMER, sinceMs: START_MS - 60_000, ...isOffered };
  return { cluster: CLUSTER, epoch: 4, primary: PRIMARY, timeline: 1, proposalsOpened: 0, former };
}

export function createModel(engine: Engine, world: World): Model {
  const record = recordOf(world);
  return {
    nowMs: START_MS,
    engine: engine.initialState(configOf(world), {
      clusters: record === undefined ? [] : [record],
      proposals: [],
      runs: [],
    }),
    stored: { record },
    outstanding: [],
    orphaned: [],
    truth: newTruth(world === 'pair' ? [PRIMARY, STANDBY] : [PRIMARY, STANDBY, FORMER]),
    spent: { restarts: 0, decisions: 0, odd: 0, requests: 0 },
  };
}
