// From a case to an assessment: findings, exhibits, the first hypothesis that holds, and the dwell of a failure.
// What must last is remembered from tick to tick in `Judgment`; everything else is computed anew from one frozen case.
import type { DwellClass } from '../cluster/index.ts';
import type { Assessment } from './assessment.ts';
import type { Case } from './case.ts';
import { classify, corroborate } from './corroborate.ts';
import { collectEvidence } from './evidence/index.ts';
import { type Findings, find, findFirstBadMs } from './findings/index.ts';
import { hypotheses } from './hypotheses/index.ts';
import { countQuorum } from './quorum.ts';
import { findStarting, type Starting } from './starting.ts';
import { findSignsOfLife } from './veto.ts';
import type { Exhibit, Weighing } from './weighing.ts';
import { inconclusive } from './hypotheses/inconclusive.ts';

/** Missing evidence withdraws a proposal after this long; a sign of life at once. */
const MISSING_GRACE_MS = 5_000;

export type Judgment = Starting & {
  readonly suspectedSinceMs?: number | undefined;
  /** Stopped and hung stay for the episode. */
  readonly latched?: DwellClass | undefined;
  /** Since when all that a failover needs has held. */
  readonly holdsSinceMs?: number | undefined;
  readonly missingSinceMs?: number | undefined;
  /** A quorum of witnesses suspects it now, whatever others say. */
  readonly isQuorumSuspecting?: boolean | undefined;
  readonly undecidedSinceMs?: number | undefined;
  readonly lastAssessment?: Assessment | undefined;
};

export function assess(
  given: Case,
  before: Judgment,
): { readonly assessment: Assessment; readonly judgment: Judgment } {
  const first = find(given);
  const suspectedSinceMs = findSuspicion(given, first, before);
  const { startingSinceMs, startingLastMs } = findStarting(given, first, before);
  const sharpened: Case = { ...given, suspectedSinceMs, startingSinceMs };
  // What may be believed depends on when the trouble began: the tick that finds it begins looks once more.
  const isKnown = suspectedSinceMs === given.suspectedSinceMs && startingSinceMs === given.startingSinceMs;
  const found = isKnown ? first : find(sharpened);
  const exhibit = makeExhibit(sharpened, found, before);
  const weighing = weigh(exhibit);
  const judgment = remember(exhibit, weighing, { ...before, startingSinceMs, startingLastMs, suspectedSinceMs });
  const kept = keepThroughGap(exhibit, weighing, judgment, before);
  const assessment = kept ?? toAssessment(exhibit, weighing, judgment);
  return { assessment, judgment: { ...judgment, lastAssessment: assessment } };
}

export function makeExhibit(given: Case, found: Findings, before: Judgment): Exhibit {
  const agreeing = (by: 'suspectsReads' | 'suspectsCommits') =>
    new Set(found.reach.filter((w) => w[by]).map((w) => w.id));
  const signsOfLife = findSignsOfLife(given, found);
  const reads = countQuorum(given.witnesses, agreeing('suspectsReads'));
  return {
    given,
    found,
    sides: collectEvidence(given, found),
    reads,
    commits: countQuorum(given.witnesses, agreeing('suspectsCommits')),
    corroborations: corroborate(given, found),
    signsOfLife,
    hasVeto: signsOfLife.some((s) => s.isVeto),
    dwellClass: before.latched ?? classify(found),
    undecidedSinceMs: before.undecidedSinceMs,
  };
}

function weigh(exhibit: Exhibit): Weighing {
  for (const hypothesis of hypotheses) {
    const weighing = hypothesis.weigh(exhibit);
    if (weighing !== undefined) return weighing;
  }
  return inconclusive.weigh(exhibit) as Weighing; // the last hypothesis always holds
}

function findSuspicion(given: Case, found: Findings, before: Judgment): number | undefined {
  const firstBadMs = findFirstBadMs(found.reach);
  if (firstBadMs !== undefined) return Math.min(firstBadMs, before.suspectedSinceMs ?? firstBadMs);
  const isClear = found.reach.some((w) => w.seesAlive);
  return isClear || found.reach.every((w) => w.reading === 'unseen') ? undefined : before.suspectedSinceMs;
}

function remember(exhibit: Exhibit, weighing: Weighing, before: Judgment): Judgment {
  const { given, dwellClass } = exhibit;
  const isQuorumSuspecting = exhibit.reads.isQuorum || exhibit.commits.isQuorum;
  const holds = weighing.failover !== undefined;
  const latched =
    given.suspectedSinceMs === undefined
      ? undefined
      : (before.latched ??
        (holds && dwellClass === 'stopped' && exhibit.found.primaryHost === 'stopped' ? 'stopped' : undefined));
  const undecidedSinceMs = weighing.verdict === 'inconclusive' ? (before.undecidedSinceMs ?? given.nowMs) : undefined;
  const kept = { ...before, latched, isQuorumSuspecting, undecidedSinceMs };
  if (holds) return { ...kept, holdsSinceMs: before.holdsSinceMs ?? given.nowMs, missingSinceMs: undefined };
  const isMissing = before.holdsSinceMs !== undefined && !exhibit.hasVeto && weighing.isOpen === true;
  const missingSinceMs = isMissing ? (before.missingSinceMs ?? given.nowMs) : undefined;
  const isGap = missingSinceMs !== undefined && given.nowMs - missingSinceMs < MISSING_GRACE_MS;
  return { ...kept, holdsSinceMs: isGap ? before.holdsSinceMs : undefined, missingSinceMs };
}

/** A failure that was about to be, or is, proposed isn't forgotten for a moment without news. */
function keepThroughGap(
  { given }: Exhibit,
  weighing: Weighing,
  judgment: Judgment,
  before: Judgment,
): Assessment | undefined {
  const isGap = weighing.failover === undefined && judgment.holdsSinceMs !== undefined;
  return isGap && before.lastAssessment !== undefined ? { ...before.lastAssessment, atMs: given.nowMs } : undefined;
}

function toAssessment(exhibit: Exhibit, weighing: Weighing, judgment: Judgment): Assessment {
  const { given } = exhibit;
  const dueAtMs =
    weighing.failover === undefined ? undefined : (judgment.holdsSinceMs ?? given.nowMs) + weighing.failover.dwellMs;
  const isDue = dueAtMs !== undefined && given.nowMs >= dueAtMs;
  return {
    cluster: given.topology.id,
    atMs: given.nowMs,
    verdict: weighing.verdict,
    action: isDue ? 'propose-failover' : weighing.action,
    rule: weighing.rule,
    headline: weighing.headline,
    explanation: weighing.explanation,
    for: [...weighing.for],
    against: [...weighing.against],
    unknown: [...weighing.unknown],
    lookedIn: [...exhibit.sides.lookedIn],
    ...(given.suspectedSinceMs === undefined ? {} : { suspectedSinceMs: given.suspectedSinceMs }),
    ...(dueAtMs === undefined ? {} : { dueAtMs }),
  };
}
