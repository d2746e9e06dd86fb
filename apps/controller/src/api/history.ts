// The last hour of each cluster, one point a second, in memory and bounded: for charts, never for decisions.
import type { ClusterHistory, ClusterView } from '@petrov/core/wire';

export const HISTORY_MS = 3_600_000;
const POINT_EVERY_MS = 1_000;
const VERDICTS_MAX = 1_000;

type Kept = { -readonly [Key in 'verdicts' | 'writes' | 'lag']: ClusterHistory[Key] };

export class HistoryRing {
  readonly #clusters = new Map<string, Kept>();

  add(view: ClusterView): void {
    const kept = this.#clusters.get(view.id) ?? { verdicts: [], writes: [], lag: [] };
    this.#clusters.set(view.id, kept);
    addVerdict(kept, view);
    addWrites(kept, view);
    addLag(kept, view);
    const oldestMs = view.nowMs - HISTORY_MS;
    dropOlder(kept.writes, oldestMs);
    dropOlder(kept.lag, oldestMs);
    // The verdict that stood when the hour began stays, or the band would begin with a gap.
    while (kept.verdicts.length > VERDICTS_MAX || (kept.verdicts[1]?.atMs ?? Infinity) < oldestMs)
      kept.verdicts.shift();
  }

  read(cluster: string, minutes: number, nowMs: number): ClusterHistory {
    const fromMs = nowMs - Math.min(minutes * 60_000, HISTORY_MS);
    const kept = this.#clusters.get(cluster);
    const isWithin = (point: { readonly atMs: number }) => point.atMs >= fromMs;
    const standing = kept?.verdicts.findLast((verdict) => verdict.atMs < fromMs);
    return {
      nowMs,
      fromMs,
      verdicts: [...(standing === undefined ? [] : [standing]), ...(kept?.verdicts.filter(isWithin) ?? [])],
      writes: kept?.writes.filter(isWithin) ?? [],
      lag: kept?.lag.filter(isWithin) ?? [],
    };
  }
}

function addVerdict(kept: Kept, { assessment, nowMs }: ClusterView): void {
  const last = kept.verdicts.at(-1);
  if (last?.verdict === assessment.verdict && last.headline === assessment.headline) return;
  kept.verdicts.push({ atMs: nowMs, verdict: assessment.verdict, headline: assessment.headline });
}

/** A point is the canary's own; when it says nothing there's a gap, not a zero. */
function addWrites(kept: Kept, { writes }: ClusterView): void {
  const last = kept.writes.at(-1);
  if (writes === undefined || (last !== undefined && writes.atMs < last.atMs + POINT_EVERY_MS * 0.8)) return;
  kept.writes.push({ atMs: writes.atMs, succeeded: writes.succeeded, failed: writes.failed });
}

function addLag(kept: Kept, view: ClusterView): void {
  const last = kept.lag.at(-1);
  if (last !== undefined && view.nowMs < last.atMs + POINT_EVERY_MS) return;
  const known = view.members.flatMap(({ id, behindBytes }) =>
    behindBytes === undefined ? [] : [[id, behindBytes] as const],
  );
  if (known.length > 0) kept.lag.push({ atMs: view.nowMs, behindBytes: Object.fromEntries(known) });
}

function dropOlder(points: { readonly atMs: number }[], oldestMs: number): void {
  const kept = points.findIndex((point) => point.atMs >= oldestMs);
  if (kept > 0) points.splice(0, kept);
}
