// What many rounds say together. Pure.
export type Figures = {
  readonly n: number;
  readonly medianMs: number;
  readonly p90Ms: number;
  readonly minMs: number;
  readonly maxMs: number;
};

/** Undefined for no values at all: a figure of nothing is not a figure. The 90th percentile is the nearest rank. */
export function figuresOf(values: readonly number[]): Figures | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => Math.round(sorted[Math.max(0, Math.min(sorted.length - 1, index))] ?? 0);
  if (sorted.length === 0) return undefined;
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2;
  return {
    n: sorted.length,
    medianMs: Math.round(median),
    p90Ms: at(Math.ceil(sorted.length * 0.9) - 1),
    minMs: at(0),
    maxMs: at(sorted.length - 1),
  };
}
