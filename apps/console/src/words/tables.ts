// One word and one sign for each verdict, state and kind; colour only ever follows these. Exhaustive by type.
import type { Assessment, Evidence } from '@petrov/core/assessment';
import type { ReadinessState } from '@petrov/core/readiness';
import type { ProposalState } from '@petrov/core/proposal';

export type Tone = 'ok' | 'for' | 'against' | 'unknown';
export type Mark = { readonly word: string; readonly sign: string; readonly tone: Tone };

export const verdictMarks: Readonly<Record<Assessment['verdict'], Mark>> = {
  healthy: { word: 'healthy', sign: '●', tone: 'ok' },
  'primary-down': { word: 'primary down', sign: '▲', tone: 'for' },
  'primary-hung': { word: 'primary hung', sign: '▲', tone: 'for' },
  'primary-isolated': { word: 'primary isolated', sign: '▲', tone: 'for' },
  'primary-degraded': { word: 'degraded', sign: '◇', tone: 'unknown' },
  'primary-starting': { word: 'starting', sign: '◇', tone: 'unknown' },
  'monitoring-blind': { word: 'blind', sign: '◑', tone: 'against' },
  'witness-suspect': { word: 'witness suspect', sign: '◑', tone: 'against' },
  'common-cause': { word: 'common cause', sign: '◑', tone: 'against' },
  'replication-broken': { word: 'replication broken', sign: '▲', tone: 'for' },
  'split-brain': { word: 'two primaries', sign: '▲', tone: 'for' },
  'no-candidate': { word: 'no candidate', sign: '▲', tone: 'for' },
  declared: { word: 'declared', sign: '▼', tone: 'against' },
  inconclusive: { word: 'inconclusive', sign: '◇', tone: 'unknown' },
};

export const stateMarks: Readonly<Record<ProposalState, Mark>> = {
  open: { word: 'waits for a person', sign: '▲', tone: 'for' },
  approved: { word: 'approved', sign: '●', tone: 'ok' },
  executing: { word: 'running', sign: '●', tone: 'ok' },
  promoted: { word: 'promoted', sign: '●', tone: 'ok' },
  succeeded: { word: 'succeeded', sign: '●', tone: 'ok' },
  stuck: { word: 'stuck, needs a person', sign: '▲', tone: 'for' },
  abandoned: { word: 'abandoned', sign: '◇', tone: 'unknown' },
  failed: { word: 'failed', sign: '▲', tone: 'for' },
  rejected: { word: 'rejected', sign: '▼', tone: 'against' },
  expired: { word: 'expired', sign: '◇', tone: 'unknown' },
  withdrawn: { word: 'withdrawn', sign: '▼', tone: 'against' },
  superseded: { word: 'superseded', sign: '◇', tone: 'unknown' },
};

export const readinessMarks: Readonly<Record<ReadinessState, Mark>> = {
  fails: { word: 'fails', sign: '▲', tone: 'for' },
  unknown: { word: 'unknown', sign: '◇', tone: 'unknown' },
  costs: { word: 'costs', sign: '◆', tone: 'against' },
  ok: { word: 'ok', sign: '●', tone: 'ok' },
};

export const kindWords: Readonly<Record<Evidence['kind'], string>> = {
  reach: 'witness',
  testimony: 'standby',
  host: 'host agent',
  client: 'clients',
  intent: 'declared',
  self: 'self-check',
  fleet: 'fleet',
};

export const sides = {
  for: { word: 'For', sign: '▲', tone: 'for' },
  against: { word: 'Against', sign: '▼', tone: 'against' },
  unknown: { word: 'Unknown', sign: '◇', tone: 'unknown' },
} as const satisfies Record<string, Mark>;
export type Side = keyof typeof sides;

/** States in which somebody is asked for something. */
export function needsPerson(state: ProposalState): boolean {
  return state === 'open' || state === 'stuck';
}

export function isUnderWay(state: ProposalState): boolean {
  return needsPerson(state) || state === 'approved' || state === 'executing' || state === 'promoted';
}

/** History tells verdicts as text; one that this build doesn't know is shown as it was said. */
export function markOfVerdict(verdict: string): Mark {
  return Object.hasOwn(verdictMarks, verdict)
    ? verdictMarks[verdict as Assessment['verdict']]
    : { word: verdict, sign: '◇', tone: 'unknown' };
}

/** Verdicts that say "it serves": there, what speaks *for* the verdict speaks of life, and is coloured as elsewhere. */
const servingVerdicts: ReadonlySet<Assessment['verdict']> = new Set([
  'healthy',
  'monitoring-blind',
  'witness-suspect',
  'common-cause',
  'primary-degraded',
  'replication-broken',
]);

/** Colour follows what an item says of the primary, failure or life, whichever side it stands on. */
export function toneOfSide(side: Side, verdict: Assessment['verdict']): Side {
  if (side === 'unknown' || !servingVerdicts.has(verdict)) return side;
  return side === 'for' ? 'against' : 'for';
}
