// What a promotion of this candidate could lose, before anybody agrees to it: bytes behind the newest that is known, plus
// what the primary may have written between its last sign of life and the proof of its end. The operator approves a cap:
// the bound rounded up; execution refuses above it.
import { type Case, freshnessMs } from '../assessment/case.ts';
import type { Findings } from '../assessment/findings/index.ts';
import { sayBytes, sayDuration } from '../assessment/words.ts';
import { lsnDistanceBytes } from '../cluster/index.ts';
import { walBytesPerSecond } from '../observation/index.ts';
import type { Ranked, Ranking } from './candidate.ts';
import type { LossQuote } from './plan.ts';

const MIB = 1024 * 1024;
const LEAST_CAP = 64 * 1024;
/** Rates vary: the bound takes twice the measured one. */
const RATE_MARGIN = 2;
/** What a dying server still acknowledges: backends outlive a killed postmaster by a commit each. */
const LAST_WORDS_BYTES = 16 * 1024;

/** What the primary last told of its standbys counts if it told it shortly before the trouble. */
const SENDERS_FRESH_MS = 15_000;

/** What the primary told of its standbys, if that is of shortly before the trouble, or later. */
export function findSendersTold(given: Case): ReturnType<Case['memory']['senders']['get']> {
  const told = given.memory.senders.get(given.primary);
  const isOld = told !== undefined && (given.suspectedSinceMs ?? given.nowMs) - told.atMs > SENDERS_FRESH_MS;
  return isOld ? undefined : told;
}

export function quoteLoss(given: Case, found: Findings, ranking: Ranking): LossQuote {
  const { chosen, newestLsn } = ranking;
  const bytes =
    chosen === undefined || newestLsn === undefined ? 0 : Math.max(0, lsnDistanceBytes(chosen.lsn, newestLsn));
  if (chosen !== undefined && isSyncGuaranteed(given, chosen) && bytes === 0) {
    return {
      bytes: 0,
      seconds: 0,
      upperBoundBytes: 0,
      upperBoundSeconds: 0,
      capBytes: 0,
      says: `Nothing: ${chosen.member} is a synchronous standby; commits at synchronous_commit on and above are on it.`,
    };
  }
  const unseen = findUnseen(given, found);
  const rate = walBytesPerSecond(given.memory.wal);
  if (unseen === undefined || rate === undefined) return quoteUnknown(given, bytes);
  const { seconds } = unseen;
  const upperBoundBytes = Math.ceil(bytes + rate * RATE_MARGIN * seconds + LAST_WORDS_BYTES);
  const capBytes = roundUp(upperBoundBytes);
  const behind = bytes === 0 ? 'Nothing that is known of' : `${sayBytes(bytes)} that are known of`;
  return {
    bytes,
    seconds: rate > 0 ? Math.round((bytes / rate) * 10) / 10 : 0,
    upperBoundBytes,
    upperBoundSeconds: Math.round(seconds * 10) / 10,
    capBytes,
    says: `${behind}; at most ${sayBytes(capBytes)}, what was committed in the ${sayDuration(seconds * 1000)} in which nobody saw its WAL.${unseen.isOver ? '' : sayGrowth(capBytes - upperBoundBytes, rate)}`,
  };
}

/** In steps of four: one that grows is asked about anew at each step, and each lasts four times as long as the one before. */
function roundUp(bytes: number): number {
  if (bytes <= LEAST_CAP) return LEAST_CAP;
  let cap = MIB;
  while (cap < bytes) cap *= 4;
  return cap;
}

/** Silence proves no end: it may be writing still. */
function sayGrowth(leftBytes: number, rate: number): string {
  const leftMs = (leftBytes / (rate * RATE_MARGIN)) * 1000;
  return Number.isFinite(leftMs)
    ? ` It grows while nothing proves that it has stopped: in about ${sayDuration(leftMs)} it is above that, which is a new revision, to be agreed to anew.`
    : '';
}

/** Too little of its WAL was seen to estimate (a controller that has just started): then all that policy accepts is at risk. */
function quoteUnknown(given: Case, bytes: number): LossQuote {
  const capBytes = Math.max(bytes, given.policy.maxLossBytes);
  return {
    bytes,
    upperBoundBytes: capBytes,
    capBytes,
    says: `Not known: too little of its WAL was seen to estimate. ${sayBytes(bytes)} are known of; at most ${sayBytes(capBytes)} are accepted.`,
  };
}

/**
 * From the last sight of the primary's WAL to the proof that it writes no more (its agent's word, or a refusal); not over
 * while there is no such proof.
 */
function findUnseen(given: Case, found: Findings): { readonly seconds: number; readonly isOver: boolean } | undefined {
  const seen = Math.max(
    given.memory.members.get(given.primary)?.lsnAtMs ?? 0,
    ...found.standbys.filter((s) => s.isDirect).map((s) => s.advancedAtMs ?? 0),
  );
  if (seen === 0) return undefined;
  const deadSince = found.primaryHost === 'absent' ? found.primaryHostFinding?.host?.postgresSinceMs : undefined;
  const refusedSince = found.reach
    .filter((w) => w.suspectsReads && w.reading === 'dead')
    .map((w) => (w.sql ?? w.tcp)?.track.suspectSinceMs ?? given.nowMs);
  const proof = Math.min(given.nowMs, deadSince ?? given.nowMs, ...refusedSince);
  const isOver = deadSince !== undefined || refusedSince.length > 0;
  return { seconds: Math.max(1, (proof - seen) / 1000), isOver };
}

function isSyncGuaranteed(given: Case, chosen: Ranked): boolean {
  const told = findSendersTold(given);
  if (told === undefined) return false;
  const senders = told.facts.standbys;
  const own = senders?.find((s) => s.member === chosen.member);
  if (own?.syncState === 'sync') return true;
  if (own?.syncState !== 'quorum') return false;
  // ANY 1 of n: the acknowledgement may have come from any of them, so all of them must have been counted in the ranking, by
  // a word of after the trouble began: what one told before, it may have outgrown before it died along with the primary.
  const listed = senders?.filter((s) => s.syncState === 'quorum').map((s) => s.member) ?? [];
  return listed.every((id) => {
    const receiver = given.memory.receivers.get(id);
    const isComplete = receiver !== undefined && receiver.beganAtMs >= (given.suspectedSinceMs ?? 0);
    return isComplete && given.nowMs - receiver.atMs <= freshnessMs(given, 'other');
  });
}
