// The smallest world in which a proposal can live and a plan can run: one primary, one standby, three witnesses, an agent
// on the primary's host, a store, a clock. Immutable, so that a search may branch from every state of it.
import {
  type ClusterRecord,
  type Effect,
  type EngineConfig,
  type EngineState,
  initialState,
  step,
  type StepResult,
} from '@petrov/core/engine';
import { ClusterTopology, resolvePolicy } from '@petrov/core/cluster';
import type { Run } from '@petrov/core/journal';
import type { Digests, Proposal } from '@petrov/core/proposal';

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
/** A witness's newest answer about the primary, and its newest to a question. */
export type TrueAnswer = {
  readonly isBad: boolean;
  readonly atMs: number;
  readonly asked?: { readonly nonce: string; readonly isBad: boolean; readonly atMs: number } | undefined;
};
/** What really was, as no engine knows it: written down by the world, read by the invariants. */
export type Truth = {
  /** Approvals that a person with the right really gave, with what they saw. */
  readonly approvals: readonly { readonly proposal: string; readonly revision: number; readonly digests: Digests }[];
  /** The newest question to all sources: from then on their answers carry its nonce. */
  readonly asked?: string | undefined;
  /** The newest answer of each witness about the primary. */
  readonly answers: Readonly<Record<string, TrueAnswer>>;
  /** The newest word about the fence is a proof, and nothing that may lift it was sent since. */
  readonly isFenced: boolean;
  /** Epochs in which a promotion was answered as done; and which run promoted in which epoch. */
  readonly promoted: readonly number[];
  readonly promotedBy: Readonly<Record<number, string>>;
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
  readonly spent: { readonly restarts: number; readonly decisions: number; readonly odd: number };
};

export const CLUSTER = 'orders';
export const PRIMARY = 'orders-1';
export const STANDBY = 'orders-2';
export const SYSTEM = '7300000000000000001';
export const WITNESSES = ['w-a', 'w-b', 'w-c'] as const;
const START_MS = 1_700_000_000_000;

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
const topology = ClusterTopology.parse({
  id: CLUSTER,
  members: [
    { id: PRIMARY, zone: 'a', role: 'primary' },
    { id: STANDBY, zone: 'b', role: 'standby' },
  ],
});
export const config: EngineConfig = {
  witnesses: WITNESSES.map((id) => ({ id, zone: id.slice(-1) })),
  clusters: [{ ...topology, policy }],
  hash: quickHash,
};

export function createModel(engine: Engine): Model {
  return {
    nowMs: START_MS,
    engine: engine.initialState(config, { clusters: [], proposals: [], runs: [] }),
    stored: {},
    outstanding: [],
    orphaned: [],
    truth: { approvals: [], answers: {}, isFenced: false, promoted: [], promotedBy: {} },
    spent: { restarts: 0, decisions: 0, odd: 0 },
  };
}
