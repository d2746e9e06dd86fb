// Whether a word of life may speak against a suspicion: only one of its time. What was fine before it is no contradiction.
import type { Case } from '../case.ts';

export function isSinceSuspicion(given: Case, atMs: number): boolean {
  return atMs > (given.suspectedSinceMs ?? -Infinity);
}
