// What one source's last answers about one member by one probe amount to: suspect at `suspectBad` bad of the last
// `suspectOf`, clear at `clearGood` good in a row. In between it stays what it was.
import type { Policy } from '../cluster/index.ts';
import type { Observation, ObservationOf } from './observation.ts';
import { isBadReading, type Reading, readOutcome } from './reading.ts';

export type Answer = {
  readonly atMs: number;
  readonly outcome: Observation['outcome'];
  readonly reading: Reading;
  readonly latencyMs?: number | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
};

/** A source that doesn't tell them apart asks over the session that it has. */
export type SessionKind = 'new' | 'kept';

export function sessionOf({ facts }: ObservationOf<'sql'>): SessionKind {
  return facts?.session === 'new' ? 'new' : 'kept';
}

export type Track = {
  readonly last: Answer;
  /** The newest answers that count, oldest first. */
  readonly recent: readonly Answer[];
  /** When the first of the bad answers came that made it suspect; absent = not suspect. */
  readonly suspectSinceMs?: number | undefined;
  /** Newest answer "ok"; its probe began `latencyMs` before. */
  readonly lastOkAtMs?: number | undefined;
  readonly lastOkBeganAtMs?: number | undefined;
  /** The newest answer whose probe began after the question with this nonce. */
  readonly nonced?: { readonly nonce: string; readonly answer: Answer } | undefined;
};

export function extendTrack(track: Track | undefined, seen: Observation, policy: Policy): Track {
  const answer = toAnswer(seen);
  const recent =
    answer.reading === 'abstains' ? (track?.recent ?? []) : [...(track?.recent ?? []), answer].slice(-policy.suspectOf);
  const isOk = seen.outcome === 'ok';
  return {
    last: answer,
    recent,
    suspectSinceMs: suspectSince(track?.suspectSinceMs, recent, policy),
    lastOkAtMs: isOk ? seen.atMs : track?.lastOkAtMs,
    lastOkBeganAtMs: isOk ? beganAtMs(seen) : track?.lastOkBeganAtMs,
    nonced: seen.nonce === undefined ? track?.nonced : { nonce: seen.nonce, answer },
  };
}

/**
 * The same answers, of a primary that a fence keeps from taking writes: that it answers as a standby, since somebody started it
 * again read-only, is the service being out.
 */
export function readAsFenced(track: Track, policy: Policy): Track {
  const recent = track.recent.map(asFenced);
  let suspectSinceMs: number | undefined;
  for (const place of recent.keys()) suspectSinceMs = suspectSince(suspectSinceMs, recent.slice(0, place + 1), policy);
  return { ...track, last: asFenced(track.last), recent, suspectSinceMs };
}

function asFenced(answer: Answer): Answer {
  const isReadOnly = answer.outcome === 'read-only' || answer.facts?.['inRecovery'] === true;
  return isReadOnly ? { ...answer, outcome: 'read-only', reading: 'dead' } : answer;
}

function toAnswer(seen: Observation): Answer {
  const facts = 'facts' in seen ? (seen.facts as Answer['facts']) : undefined;
  return {
    atMs: seen.atMs,
    outcome: seen.outcome,
    reading: readOutcome(seen.outcome),
    latencyMs: seen.latencyMs,
    facts,
  };
}

function suspectSince(before: number | undefined, recent: readonly Answer[], policy: Policy): number | undefined {
  const lastGood = recent.slice(-policy.clearGood);
  const isClear = lastGood.length === policy.clearGood && lastGood.every((a) => !isBadReading(a.reading));
  if (isClear) return undefined;
  if (before !== undefined) return before;
  const bad = recent.filter((a) => isBadReading(a.reading));
  return bad.length >= policy.suspectBad ? bad[0]?.atMs : undefined;
}

/** When the question was sent that this answers: what it tells is of some moment since then. */
export function beganAtMs({ atMs, latencyMs }: Pick<Observation, 'atMs' | 'latencyMs'>): number {
  return atMs - (latencyMs ?? 0);
}
