// Whether a source may be believed: it doubts itself when its loop is late, its clock stepped, its gateway is gone or it
// reaches no peer; believed again 10 s after it recovered. (SWIM Lifeguard's local health; Redis TILT.)
import type { ObservationOf } from './observation.ts';

export const LOOP_LAG_MAX_MS = 1_000;
export const CLOCK_STEP_MAX_MS = 2_000;
const BELIEVED_AFTER_MS = 10_000;

export type SourceMemory = {
  readonly lastHeardAtMs: number;
  /** Newest words of doubt, and since when; kept after recovery until it's believed again. */
  readonly doubt?: { readonly because: string; readonly sinceMs: number; readonly lastAtMs: number } | undefined;
};

export function extendSource(
  memory: SourceMemory | undefined,
  atMs: number,
  self?: ObservationOf<'self'>,
): SourceMemory {
  const because = self === undefined ? undefined : findDoubt(self);
  const doubt =
    because === undefined
      ? memory?.doubt
      : { because, sinceMs: currentDoubt(memory, atMs)?.sinceMs ?? atMs, lastAtMs: atMs };
  return { lastHeardAtMs: Math.max(atMs, memory?.lastHeardAtMs ?? 0), doubt };
}

/** The doubt that voids the source now, if any. */
export function currentDoubt(
  memory: SourceMemory | undefined,
  nowMs: number,
): { because: string; sinceMs: number } | undefined {
  const doubt = memory?.doubt;
  return doubt !== undefined && nowMs - doubt.lastAtMs < BELIEVED_AFTER_MS ? doubt : undefined;
}

function findDoubt({ facts }: ObservationOf<'self'>): string | undefined {
  if ((facts.loopLagMs ?? 0) > LOOP_LAG_MAX_MS) return `its own loop runs ${seconds(facts.loopLagMs ?? 0)} late`;
  if (Math.abs(facts.clockStepMs ?? 0) > CLOCK_STEP_MAX_MS)
    return `its clock stepped by ${seconds(facts.clockStepMs ?? 0)}`;
  if (facts.gateway === 'unreachable') return 'it does not reach its own gateway';
  if (facts.peers !== undefined && facts.peers.length === 0) return 'it reaches no other witness';
  return undefined;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
