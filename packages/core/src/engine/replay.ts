// A trace through the very same engine, with the clock of the trace: no second detector. Observations only; nothing is
// approved, nothing acted. Same trace, same output, byte for byte.
import { type Assessment, type Evidence, sayDuration } from '../assessment/index.ts';
import type { Hash } from '../approval/index.ts';
import { type Policy, type PolicyInput, resolvePolicy } from '../cluster/index.ts';
import type { Observation } from '../observation/index.ts';
import type { Proposal } from '../proposal/index.ts';
import { BadTraceError, openTrace } from '../wire/trace.ts';
import type { Effect } from './io.ts';
import { type EngineState, initialState } from './state.ts';
import { step } from './step.ts';

const TICK_MS = 250;

export type ReplayLine =
  | {
      readonly type: 'assessment';
      readonly at: string;
      readonly cluster: string;
      readonly verdict: string;
      readonly action: string;
      readonly rule: string;
      readonly headline: string;
      readonly for: readonly unknown[];
      readonly against: readonly unknown[];
      readonly unknown: readonly unknown[];
    }
  | {
      readonly type: 'proposal';
      readonly at: string;
      readonly cluster: string;
      readonly id: string;
      readonly event: string;
      readonly kind?: string;
      readonly candidate?: string;
      readonly dataLoss?: unknown;
      readonly plan?: readonly string[];
      readonly because?: string;
      readonly changes?: readonly string[];
    }
  | {
      readonly type: 'summary';
      readonly observations: number;
      readonly assessments: number;
      readonly proposals: number;
      readonly durationMs: number;
    };

export type ReplayGiven = {
  readonly hash: Hash;
  readonly parseAtMs: (iso: string) => number;
  readonly toIso: (atMs: number) => string;
  readonly policy?: PolicyInput | undefined;
};

/** Yields what `petrov replay --json` prints. Throws BadTraceError on the first bad line. */
export function* replay(lines: Iterable<string>, given: ReplayGiven): Generator<ReplayLine> {
  const iterator = lines[Symbol.iterator]();
  const first = iterator.next();
  if (first.done === true) throw new BadTraceError(1, 'the trace is empty');
  const trace = openTrace(first.value, given.parseAtMs);
  const policy: Policy = resolvePolicy({ ...trace.header.policy, ...given.policy });
  let state: EngineState = initialState(
    {
      witnesses: trace.header.witnesses,
      clusters: trace.header.clusters.map((c) => ({ intervalMs: trace.header.intervalMs, ...c, policy })),
      hash: given.hash,
    },
    { clusters: [], proposals: [], runs: [] },
  );
  const span = { firstAtMs: 0, lastAtMs: 0, nextTickMs: 0, observations: 0 };
  const count = { assessments: 0, proposals: 0 };
  const report = function* (effects: readonly Effect[]): Generator<ReplayLine> {
    for (const effect of effects) {
      const line = toLine(effect, given);
      if (line === undefined) continue;
      if (line.type === 'assessment') count.assessments += 1;
      if (line.type === 'proposal' && line.event === 'opened') count.proposals += 1;
      yield line;
    }
  };
  const tickBefore = function* (atMs: number): Generator<ReplayLine> {
    for (; span.nextTickMs < atMs; span.nextTickMs += TICK_MS) {
      const ticked = step(state, { type: 'tick', nowMs: span.nextTickMs });
      state = ticked.state;
      yield* report(ticked.effects);
    }
  };
  let together: Observation[] = [];
  // All that came at one time is taken in before anything is judged at that time.
  const take = function* (): Generator<ReplayLine> {
    yield* tickBefore(span.lastAtMs);
    const observed = step(state, { type: 'observations', nowMs: span.lastAtMs, observations: together });
    state = observed.state;
    yield* report(observed.effects);
    together = [];
  };
  let hasEnded = false;
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    if (next.value.trim() === '') {
      hasEnded = true; // an empty line may only end the file
      continue;
    }
    const seen: Observation = trace.read(hasEnded ? '' : next.value);
    if (span.observations === 0) Object.assign(span, { firstAtMs: seen.atMs, nextTickMs: seen.atMs });
    if (together.length > 0 && seen.atMs !== span.lastAtMs) yield* take();
    span.lastAtMs = seen.atMs;
    span.observations += 1;
    together.push(seen);
  }
  yield* take();
  yield* tickBefore(span.lastAtMs + TICK_MS + 1);
  yield { type: 'summary', observations: span.observations, ...count, durationMs: span.lastAtMs - span.firstAtMs };
}

function toLine(effect: Effect, given: ReplayGiven): ReplayLine | undefined {
  if (effect.type === 'assessed') return fromAssessment(effect.assessment, given);
  if (effect.type === 'store' && effect.what === 'proposal') return fromProposal(effect.proposal, given);
  return undefined;
}

function fromAssessment(assessment: Assessment, given: ReplayGiven): ReplayLine {
  const item = (e: Evidence) => ({
    id: e.id,
    source: e.source,
    says: e.says,
    sinceMs: Math.max(0, assessment.atMs - e.sinceAtMs),
  });
  const { cluster, verdict, action, rule, headline } = assessment;
  return {
    type: 'assessment',
    at: given.toIso(assessment.atMs),
    cluster,
    verdict,
    action,
    rule,
    headline,
    for: assessment.for.map(item),
    against: assessment.against.map(item),
    unknown: assessment.unknown.map(item),
  };
}

function fromProposal(proposal: Proposal, given: ReplayGiven): ReplayLine {
  const { plan, number, changes, atMs } = proposal.revision;
  const base = { type: 'proposal', cluster: proposal.cluster, id: proposal.id } as const;
  if ('endedAtMs' in proposal)
    return { ...base, at: given.toIso(proposal.endedAtMs), event: proposal.state, because: proposal.because };
  const { bytes, upperBoundBytes, seconds = 0 } = plan.loss;
  const body = {
    candidate: plan.candidate,
    dataLoss: { bytes, upperBoundBytes, seconds },
    plan: plan.steps
      .filter((s) => ['fence', 'promote', 'repoint'].includes(s.verb))
      .map((s) => `${s.verb} ${s.member}`),
  };
  if (number === 1) return { ...base, at: given.toIso(atMs), event: 'opened', kind: 'failover', ...body };
  return { ...base, at: given.toIso(atMs), event: 'revised', ...body, changes };
}

/** The same for a person: one sentence a line. */
export function tellReplay(line: ReplayLine): string {
  switch (line.type) {
    case 'assessment':
      return `${line.at}  ${line.cluster}: ${line.verdict}${line.action === 'none' ? '' : ` → ${line.action}`}. ${line.headline}`;
    case 'proposal':
      return `${line.at}  ${line.cluster}: proposal ${line.id} ${line.event}${line.candidate === undefined ? '' : `: promote ${line.candidate} (${line.plan?.join(', ')})`}${line.because === undefined ? '' : `: ${line.because}`}${line.changes === undefined ? '' : `: ${line.changes.join('; ')}`}`;
    case 'summary':
      return `${line.observations} observations over ${sayDuration(line.durationMs)}: ${line.assessments} changes of judgment, ${line.proposals} proposals.`;
  }
}
