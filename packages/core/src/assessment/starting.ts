// Since when the primary has been coming back by itself: the first such answer after the last commit. A moment in which it
// answers and commits nothing is one of a crash loop, not its return.
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
  const isSaid = (says.length > 0 || found.primaryHost === 'starting') && !isAnswered(given, found);
  const lastMs = isSaid ? given.nowMs : before.startingLastMs;
  if (lastMs === undefined || given.nowMs - lastMs > spanMs(given, STARTING_MEMORY_MS)) return {};
  const troubles = [
    before.startingSinceMs,
    before.suspectedSinceMs,
    ...says.map((w) => w.sql?.track.last.atMs),
    isSaid ? given.nowMs : undefined,
  ];
  const servedAtMs = findServedMs(given, found);
  const since = troubles.filter((ms) => ms !== undefined && ms > servedAtMs) as readonly number[];
  return since.length === 0 ? {} : { startingSinceMs: Math.min(...since), startingLastMs: lastMs };
}

/** Witnesses to whom it says that it's starting, or nothing good (rule 1 of a failover, for a server that is starting). */
export function countStarting({ witnesses }: Case, found: Findings): QuorumCount {
  const hurt = found.reach.filter((w) => {
    return w.doubt === undefined && w.reading !== 'unseen' && (w.reading === 'starting' || isBadReading(w.reading));
  });
  return countQuorum(witnesses, new Set(hurt.map((w) => w.id)));
}

/** When the newest commit began that is known to have succeeded; where nobody tries one, reads that work must do. */
function findServedMs(given: Case, found: Findings): number {
  const tries = found.reach.filter((w) => w.doubt === undefined && w.write !== undefined);
  if (tries.length === 0 && isAnswered(given, found)) return given.nowMs;
  return Math.max(
    ...tries.map((w) => w.write?.track.lastOkBeganAtMs ?? -Infinity),
    ...found.clients.filter((c) => c.isServed).map((c) => c.canary.previousAtMs ?? -Infinity),
  );
}

function isAnswered({ witnesses }: Case, found: Findings): boolean {
  return found.reach.filter((w) => w.seesAlive).length * 2 > witnesses.length;
}
