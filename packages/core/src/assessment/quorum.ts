// Invariant: a failover is never proposed on the word of one place.
// Consequence: a quorum is a majority of the *configured* witnesses (those that are silent or doubt themselves still count in
// the denominator) and stands in at least two zones.
import type { WitnessIdentity } from '../cluster/index.ts';

export type QuorumCount = {
  readonly isQuorum: boolean;
  readonly agreeing: number;
  readonly needed: number;
  readonly configured: number;
  readonly zones: number;
};

export function countQuorum(configured: readonly WitnessIdentity[], agreeing: ReadonlySet<string>): QuorumCount {
  const voices = configured.filter((w) => agreeing.has(w.id));
  const zones = new Set(voices.map((w) => w.zone)).size;
  const needed = Math.floor(configured.length / 2) + 1;
  return {
    isQuorum: voices.length >= needed && zones >= 2,
    agreeing: voices.length,
    needed,
    configured: configured.length,
    zones,
  };
}
