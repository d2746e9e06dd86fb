// How far a standby is behind what its primary last told it, in bytes and in time. Time is measured on this host's clock
// alone: how long ago the primary's end of WAL was first known to be where replay stands now.
import { type Lsn, lsnBytes } from '@petrov/core/cluster';

export type Lag = {
  readonly bytes: number;
  /** At most this much; absent while it hasn't been watched for long enough. */
  readonly ms?: number;
};
export type LagLimit = { readonly bytesMax: number } | { readonly msMax: number };

const SAMPLE_EVERY_MS = 200;
const SAMPLES_MAX = 1_500;
const UNITS = {
  b: { bytes: 1 },
  kb: { bytes: 1_024 },
  mb: { bytes: 1_048_576 },
  gb: { bytes: 1_073_741_824 },
  ms: { ms: 1 },
  s: { ms: 1_000 },
  min: { ms: 60_000 },
} as const satisfies Record<string, { readonly bytes: number } | { readonly ms: number }>;

/** `4096`, `16MB` (units of PostgreSQL, by 1024), `10s`, `500ms`, `2min`; undefined for anything else. */
export function parseLagLimit(text: string): LagLimit | undefined {
  const [, digits, unit = 'b'] = /^(\d{1,15})([a-z]+)?$/i.exec(text) ?? [];
  const known = Object.entries(UNITS).find(([name]) => name === unit.toLowerCase())?.[1];
  if (digits === undefined || known === undefined) return undefined;
  return 'bytes' in known ? { bytesMax: Number(digits) * known.bytes } : { msMax: Number(digits) * known.ms };
}

/** What isn't known isn't within a limit. */
export function isWithin(lag: Lag | undefined, limit: LagLimit): boolean {
  if (lag === undefined) return false;
  return 'bytesMax' in limit ? lag.bytes <= limit.bytesMax : lag.ms !== undefined && lag.ms <= limit.msMax;
}

/** Remembers where the primary's WAL ended and when that was heard. */
export class LagHistory {
  #samples: { readonly atMs: number; readonly end: bigint }[] = [];

  /** `end`: the primary's end of WAL as this standby knows it; `replayed`: how far it has come. */
  measure(nowMs: number, end: Lsn, replayed: Lsn): Lag {
    const [endBytes, replayedBytes] = [lsnBytes(end), lsnBytes(replayed)];
    this.#remember(nowMs, endBytes);
    if (replayedBytes >= endBytes) return { bytes: 0, ms: 0 };
    const bytes = Number(endBytes - replayedBytes);
    const reached = this.#samples.findLast((sample) => sample.end <= replayedBytes);
    return reached === undefined ? { bytes } : { bytes, ms: Math.round(nowMs - reached.atMs) };
  }

  /** Another upstream, or none: what was heard says nothing any more. */
  forget(): void {
    this.#samples = [];
  }

  #remember(atMs: number, end: bigint): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && atMs - last.atMs < SAMPLE_EVERY_MS) return;
    this.#samples.push({ atMs, end });
    // Thinned from the old end on: of a long lag the half is as good to know.
    if (this.#samples.length > SAMPLES_MAX) this.#samples = this.#samples.filter((_, index) => index % 2 === 1);
  }
}
