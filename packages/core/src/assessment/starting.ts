// Since when the primary has been coming back by itself.
import { isBadReading } from '../observation/index.ts';
import { type Case, spanMs } from './case.ts';
import type { Findings } from './findings/index.ts';
import { countQuorum, type QuorumCount } from './quorum.ts';

/** "Starting" said less than this ago is still believed when the next answer is another. */
const STARTING_MEMORY_MS = 15_000;

export type Starting = { readonly startingSinceMs?: number | undefined; readonly startingLastMs?: number | undefined };

export function findStarting(
  given: Case,
  found: Findings,
  before: Starting & { readonly suspectedSinceMs?: number | undefined },
): Starting {
  const says = found.reach.filter((w) => w.doubt === undefined && w.reading === 'starting');
  const isSaid = says.length > 0 || found.primaryHost === 'starting';
  const lastMs = isSaid ? given.nowMs : before.startingLastMs;
  if (isAnswered(given, found) || lastMs === undefined || given.nowMs - lastMs > spanMs(given, STARTING_MEMORY_MS))
    return {};
  const firstTrouble =
    before.startingSinceMs ??
    Math.min(
      given.nowMs,
      before.suspectedSinceMs ?? given.nowMs,
      ...says.map((w) => w.sql?.track.last.atMs ?? given.nowMs),
    );
  return { startingSinceMs: firstTrouble, startingLastMs: lastMs };
}

/** Witnesses to whom it says that it's starting, or nothing good (rule 1 of a failover, for a server that is starting). */
export function countStarting({ witnesses }: Case, found: Findings): QuorumCount {
  const hurt = found.reach.filter((w) => {
    return w.doubt === undefined && w.reading !== 'unseen' && (w.reading === 'starting' || isBadReading(w.reading));
  });
  return countQuorum(witnesses, new Set(hurt.map((w) => w.id)));
}

function isAnswered({ witnesses }: Case, found: Findings): boolean {
  return found.reach.filter((w) => w.seesAlive).length * 2 > witnesses.length;
}
