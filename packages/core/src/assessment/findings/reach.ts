// What each witness finds when it tries the primary: by the newest fresh answers, and by suspicion over the last five.
import {
  beganAtMs,
  currentDoubt,
  isBadReading,
  type Reading,
  readAsFenced,
  type SessionKind,
  type Track,
  trackKey,
} from '../../observation/index.ts';
import { type Case, freshnessMs } from '../case.ts';
import { findSessions, type Sessions } from './sessions.ts';

export type ProbeFinding = {
  readonly track: Track;
  readonly isFresh: boolean;
  readonly isSuspect: boolean;
};
export type WitnessFinding = Sessions & {
  readonly id: string;
  readonly zone: string;
  readonly doubt?: string | undefined;
  readonly lastHeardAtMs?: number | undefined;
  readonly tcp?: ProbeFinding | undefined;
  readonly write?: ProbeFinding | undefined;
  /** Suspects that reads fail: fresh, not doubting itself, bad often enough. */
  readonly suspectsReads: boolean;
  readonly suspectsCommits: boolean;
  /** The newest fresh answer to `sql` (else `tcp`) is of a living server. */
  readonly seesAlive: boolean;
  readonly reading: Reading | 'unseen';
};

export function findReach(given: Case, member: string = given.primary): readonly WitnessFinding[] {
  return given.witnesses.map((witness) => {
    const probe = (name: 'tcp' | 'sql' | 'write', session?: SessionKind) =>
      findProbe(given, { by: witness.id, member, name, session });
    const [tcp, write] = [probe('tcp'), probe('write')];
    const overSessions = { all: probe('sql'), new: probe('sql', 'new'), kept: probe('sql', 'kept') };
    const sessions = findSessions(overSessions, given.policy);
    const { sql } = sessions;
    const source = given.sources.get(witness.id);
    const doubt = currentDoubt(source, given.nowMs)?.because;
    const asked = sql ?? tcp;
    const isBelieved = doubt === undefined;
    return {
      id: witness.id,
      zone: witness.zone,
      doubt,
      lastHeardAtMs: source?.lastHeardAtMs,
      tcp,
      ...sessions,
      write,
      suspectsReads: isBelieved && asked?.isFresh === true && asked.isSuspect,
      suspectsCommits: isBelieved && write?.isFresh === true && write.isSuspect && isOfCommits(write, sql),
      seesAlive: isBelieved && asked?.isFresh === true && asked.track.last.reading === 'alive',
      reading: asked?.isFresh ? asked.track.last.reading : 'unseen',
    };
  });
}

function findProbe(
  given: Case,
  asked: { by: string; member: string; name: 'tcp' | 'sql' | 'write'; session?: SessionKind | undefined },
): ProbeFinding | undefined {
  const { by, member, name, session } = asked;
  const kept = given.memory.tracks.get(trackKey(by, member, name, session));
  if (kept === undefined) return undefined;
  const track = given.isFenceLeft === true && member === given.primary ? readAsFenced(kept, given.policy) : kept;
  return {
    track,
    isFresh: given.nowMs - track.last.atMs <= freshnessMs(given, name),
    isSuspect: track.suspectSinceMs !== undefined && track.last.reading !== 'abstains',
  };
}

/** Reads are answered and commits are not: one that was begun before reads came back says nothing about commits. */
function isOfCommits({ track }: ProbeFinding, sql: ProbeFinding | undefined): boolean {
  if (sql === undefined) return true;
  if (!sql.isFresh || sql.track.last.reading !== 'alive') return false;
  const lastBad = sql.track.recent.findLastIndex((a) => isBadReading(a.reading));
  const backAtMs = lastBad === -1 ? -Infinity : (sql.track.recent[lastBad + 1]?.atMs ?? Infinity);
  return track.recent.some((a) => isBadReading(a.reading) && beganAtMs(a) >= backAtMs);
}

/** The first bad answer behind the present suspicions about the primary, reads or commits; undefined = nobody suspects. */
export function findFirstBadMs(reach: readonly WitnessFinding[]): number | undefined {
  const since = reach.flatMap((w) =>
    [w.sql, w.tcp, w.write].map((p) => (p?.isFresh ? p.track.suspectSinceMs : undefined)),
  );
  const known = since.filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** A newest answer is bad though nothing is suspected yet: the moment to look faster. */
export function hasFirstBadAnswer(reach: readonly WitnessFinding[]): boolean {
  return reach.some((w) =>
    [w.sql, w.newSession, w.write].some(
      (p) => p?.isFresh === true && (isBadReading(p.track.last.reading) || p.track.last.reading === 'starting'),
    ),
  );
}
