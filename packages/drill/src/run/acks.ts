// What the writers' acknowledged writes prove: when service was back and how long it was away. Pure; all times are of the
// one monotonic clock of this machine.
import type { Ack } from '@petrov/sandbox';

/** The first acknowledgement by that member after a time; undefined = none. */
export function firstAckMs(acks: readonly Ack[], member: string, afterMs: number): number | undefined {
  return acks.reduce<number | undefined>(
    (first, ack) =>
      ack.member === member &&
      !ack.pinned &&
      ack.monotonicMs > afterMs &&
      (first === undefined || ack.monotonicMs < first)
        ? ack.monotonicMs
        : first,
    undefined,
  );
}

/** The longest time without any acknowledgement between two times; both ends count as edges. */
export function longestPauseMs(
  acks: readonly Ack[],
  period: { readonly fromMs: number; readonly toMs: number },
): number {
  const times = acks
    .filter((ack) => !ack.pinned)
    .map((ack) => ack.monotonicMs)
    .filter((atMs) => atMs >= period.fromMs && atMs <= period.toMs)
    .toSorted((a, b) => a - b);
  const edges = [period.fromMs, ...times, period.toMs];
  return edges.slice(1).reduce((longest, atMs, index) => Math.max(longest, atMs - (edges[index] ?? atMs)), 0);
}
