// What a witness's two sessions mean together: one opened now, and the one it keeps. Full slots, a rotated password or a stopped
// postmaster turn a new one away while the kept one is served: the server lives, and takes nobody in. A kept one that broke
// while new ones are served is the session's trouble, not the server's. Where neither vouches, all answers count as one row.
import type { Policy } from '../../cluster/index.ts';
import { beganAtMs } from '../../observation/index.ts';
import type { ProbeFinding } from './reach.ts';

export type Sessions = {
  /** What tells whether the server lives. */
  readonly sql?: ProbeFinding | undefined;
  /** What somebody finds who comes now. */
  readonly newSession?: ProbeFinding | undefined;
  /** Served over the session that is open, and turned away each time with a new one. */
  readonly takesNobodyIn: boolean;
};

export function findSessions(
  asked: Readonly<Record<'all' | 'new' | 'kept', ProbeFinding | undefined>>,
  policy: Policy,
): Sessions {
  const { all, new: opened, kept } = asked;
  if (opened?.isFresh !== true || kept?.isFresh !== true) return { sql: all, newSession: all, takesNobodyIn: false };
  if (vouches(kept, opened, policy)) {
    const takesNobodyIn = isTurnedAway(opened) && isServedSince(kept, opened);
    return { sql: kept, newSession: opened, takesNobodyIn };
  }
  return { sql: vouches(opened, kept, policy) ? opened : all, newSession: opened, takesNobodyIn: false };
}

/**
 * It was served, lately compared to the other one's failures: as many of those since as make a suspicion, and its own word is
 * of before the trouble.
 */
function vouches(one: ProbeFinding, other: ProbeFinding, policy: Policy): boolean {
  const isOtherWell = !other.isSuspect && other.track.last.outcome === 'ok';
  const { last } = one.track;
  if (isOtherWell || one.isSuspect || last.outcome !== 'ok') return false;
  const since = other.track.recent.filter((a) => a.reading !== 'alive' && a.atMs > last.atMs);
  return since.length < policy.suspectBad;
}

/** Not by a lost packet: suspect by its bad answers, or refused twice in words. */
function isTurnedAway({ isSuspect, track }: ProbeFinding): boolean {
  const newest = track.recent.slice(-2);
  return isSuspect || (newest.length === 2 && newest.every((a) => a.outcome !== 'ok' && a.reading !== 'silent'));
}

/** The kept one's word is of after the new one was turned away first: an older one tells nothing of this trouble. */
function isServedSince(kept: ProbeFinding, { track: { recent } }: ProbeFinding): boolean {
  const first = recent[recent.findLastIndex((a) => a.outcome === 'ok') + 1];
  const served = kept.track.recent.findLast((a) => a.outcome === 'ok');
  return first !== undefined && served !== undefined && beganAtMs(served) > first.atMs;
}
