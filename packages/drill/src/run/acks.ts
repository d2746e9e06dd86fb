// What the writers' acknowledged writes prove: when service was back, how long it was away, whether two members took
// writes in the same period. Pure; all times are of the one monotonic clock of this machine.
export type Ack = { readonly id: string; readonly member: string; readonly atMs: number };

/** The first acknowledgement by that member after a time; undefined = none. */
export function firstAckMs(acks: readonly Ack[], member: string, afterMs: number): number | undefined {
  return acks.reduce<number | undefined>(
    (first, ack) =>
      ack.member === member && ack.atMs > afterMs && (first === undefined || ack.atMs < first) ? ack.atMs : first,
    undefined,
  );
}

/** The longest time without any acknowledgement between two times; both ends count as edges. */
export function longestPauseMs(acks: readonly Ack[], period: { readonly fromMs: number; readonly toMs: number }): number {
  const times = acks
    .map((ack) => ack.atMs)
    .filter((atMs) => atMs >= period.fromMs && atMs <= period.toMs)
    .toSorted((a, b) => a - b);
  const edges = [period.fromMs, ...times, period.toMs];
  return edges.slice(1).reduce((longest, atMs, index) => Math.max(longest, atMs - (edges[index] ?? atMs)), 0);
}

export type SplitBrain = { readonly earlier: string; readonly later: string; readonly atMs: number };

/**
 * Members take turns in a failover: whoever acknowledges after another one has, must be the newest. An acknowledgement
 * by a member after another has begun is a split brain; undefined = there was none.
 */
export function findSplitBrain(acks: readonly Ack[]): SplitBrain | undefined {
  const begun: string[] = [];
  for (const { member, atMs } of acks.toSorted((a, b) => a.atMs - b.atMs)) {
    const newest = begun.at(-1);
    if (newest === member) continue;
    if (newest !== undefined && begun.includes(member)) return { earlier: member, later: newest, atMs };
    begun.push(member);
  }
  return undefined;
}

/** Acknowledged ids that are not in the table any more, in the order of their acknowledgement. */
export function lostIds(acks: readonly Ack[], kept: ReadonlySet<string>): readonly string[] {
  return acks
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ id }) => id)
    .filter((id) => !kept.has(id));
}
