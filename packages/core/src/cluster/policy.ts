// How patient, how strict: every threshold of detection and decision, with its default. The names are the same in the
// configuration and in a trace's `policy`. Durations in ms, sizes in bytes.
import { z } from 'zod';

export const Preset = z.enum(['fast', 'default', 'calm']);
export type Preset = z.infer<typeof Preset>;

export const DwellMs = z.object({
  deadAnswers: z.number().int().min(0),
  stopped: z.number().int().min(0),
  hung: z.number().int().min(0),
  silence: z.number().int().min(0),
});
export type DwellClass = keyof z.infer<typeof DwellMs>;

const presetDwellMs = {
  fast: { deadAnswers: 1_000, stopped: 3_000, hung: 8_000, silence: 4_000 },
  default: { deadAnswers: 3_000, stopped: 8_000, hung: 15_000, silence: 8_000 },
  calm: { deadAnswers: 15_000, stopped: 30_000, hung: 45_000, silence: 60_000 },
} as const satisfies Record<Preset, z.infer<typeof DwellMs>>;

const count = z.number().int().min(1);
const duration = z.number().int().min(0);

export const PolicyInput = z.strictObject({
  preset: Preset.default('default'),
  dwellMs: DwellMs.partial().default({}),
  freshnessMs: duration.default(5_000),
  suspectBad: count.default(3),
  suspectOf: count.default(5),
  clearGood: count.default(3),
  startPatienceMs: duration.default(60_000),
  fleetMinSuspect: count.default(3),
  fleetRatio: z.number().min(0).max(1).default(0.3),
  fleetWindowMs: duration.default(30_000),
  coolDownMs: duration.default(3_600_000),
  maxLossBytes: z.number().int().min(0).default(16_777_216),
  proposalExpiryMs: z.number().int().min(1_000).default(900_000),
  executionExpiryMs: z.number().int().min(1_000).default(60_000),
});
export type PolicyInput = z.input<typeof PolicyInput>;

export const Policy = PolicyInput.extend({ dwellMs: DwellMs });
export type Policy = z.infer<typeof Policy>;

/** The whole policy: what is given, the rest from its preset. Throws a ZodError that names the key. */
export function resolvePolicy(input: unknown): Policy {
  const given = PolicyInput.parse(input ?? {});
  const dwellMs = { ...presetDwellMs[given.preset] } as Record<DwellClass, number>;
  for (const [name, ms] of Object.entries(given.dwellMs)) if (ms !== undefined) dwellMs[name as DwellClass] = ms;
  return { ...given, dwellMs };
}
