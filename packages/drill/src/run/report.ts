// What a drill answers: one object a run, and over several runs their medians and worst. The shape is a contract.
import { Preset } from '@petrov/core/cluster';
import { z } from 'zod';

export const Check = z.object({ id: z.string(), ok: z.boolean(), says: z.string() });
export type Check = z.infer<typeof Check>;

const ms = z.number().nullable();
export const Timings = z.object({
  faultToSuspicionMs: ms,
  faultToProposalMs: ms,
  faultToPageMs: ms,
  approveToPromotedMs: ms,
  approveToWritableMs: ms,
  faultToWritableMs: ms,
});
export type Timings = z.infer<typeof Timings>;

export const DrillReport = z.object({
  scenario: z.string(),
  preset: Preset,
  passed: z.boolean(),
  truth: z.string(),
  verdict: z.string(),
  proposal: z
    .object({
      opened: z.string(),
      candidate: z.string(),
      capBytes: z.number(),
      upperBoundSeconds: z.number().nullable(),
    })
    .nullable(),
  /** `approve`, `reject`, or `none` when nobody decided. */
  decision: z.string(),
  timings: Timings,
  writes: z.object({
    acknowledged: z.number(),
    /** Null where it can't be told: not exactly one member is out of recovery. */
    lost: z.number().nullable(),
    withinQuote: z.boolean(),
    unavailableMs: z.number(),
  }),
  splitBrain: z.boolean(),
  checks: z.array(Check),
});
export type DrillReport = z.infer<typeof DrillReport>;

export type DrillSummary = {
  readonly summary: true;
  readonly scenario: string;
  readonly preset: string;
  readonly runs: number;
  readonly passed: number;
  readonly allPassed: boolean;
  readonly timings: Readonly<Record<string, { readonly medianMs: number | null; readonly worstMs: number | null }>>;
  readonly writes: { readonly acknowledged: number; readonly lost: number | null; readonly worstUnavailableMs: number };
  readonly splitBrain: boolean;
  readonly failedChecks: readonly string[];
};

/** Of at least one report, all of one scenario. */
export function summarise(reports: readonly DrillReport[]): DrillSummary {
  const [first] = reports;
  const keys = Object.keys(Timings.shape) as (keyof Timings)[];
  const sum = (of: (report: DrillReport) => number): number => reports.reduce((total, one) => total + of(one), 0);
  const passed = reports.filter((report) => report.passed).length;
  return {
    summary: true,
    scenario: first?.scenario ?? '',
    preset: first?.preset ?? '',
    runs: reports.length,
    passed,
    allPassed: passed === reports.length,
    timings: Object.fromEntries(keys.map((key) => [key, spread(reports.map(({ timings }) => timings[key]))])),
    writes: {
      acknowledged: sum(({ writes }) => writes.acknowledged),
      lost: reports.some(({ writes }) => writes.lost === null) ? null : sum(({ writes }) => writes.lost ?? 0),
      worstUnavailableMs: Math.max(...reports.map(({ writes }) => writes.unavailableMs)),
    },
    splitBrain: reports.some((report) => report.splitBrain),
    failedChecks: [...new Set(reports.flatMap(({ checks }) => checks.filter(({ ok }) => !ok).map(({ id }) => id)))],
  };
}

function spread(values: readonly (number | null)[]) {
  const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  return { medianMs: median(known), worstMs: known.at(-1) ?? null };
}

/** Of sorted values; null for none. */
function median(sorted: readonly number[]): number | null {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return null;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
