// When a page that couldn't be delivered is tried again: after 5 s, 30 s, then twice as long each time up to an hour, with
// jitter; the receiver's Retry-After counts where it's later. After three days it's given up.
export const GIVE_UP_AFTER_MS = 3 * 86_400_000;
const FIRST_MS = [5_000, 30_000] as const;
const LONGEST_MS = 3_600_000;

/** `attempts` that were made so far, at least 1; `chance` from 0 up to 1. */
export function retryAfterMs(attempts: number, chance: number, askedMs = 0): number {
  const fixed = FIRST_MS[attempts - 1];
  const grown = Math.min(LONGEST_MS, 30_000 * 2 ** Math.min(attempts - 2, 20));
  const own = fixed ?? Math.round(grown * (0.75 + chance * 0.5));
  return Math.max(own, Math.min(askedMs, LONGEST_MS));
}
