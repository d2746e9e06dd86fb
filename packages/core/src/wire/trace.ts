// Trace format, version 1: JSON Lines, a header and observations in order. Every fault names its line.
import { z } from 'zod';
import { ClusterTopology, PolicyInput, WitnessIdentity } from '../cluster/index.ts';
import { type Observation, Sighting } from '../observation/index.ts';

export const TraceHeader = z.object({
  type: z.literal('header'),
  version: z.literal(1),
  name: z.string().default(''),
  intervalMs: z.number().default(1_000),
  witnesses: z.array(WitnessIdentity).min(1),
  clusters: z.array(ClusterTopology).min(1),
  policy: PolicyInput.prefault({}),
});
export type TraceHeader = z.infer<typeof TraceHeader>;
const TraceObservation = z.intersection(
  Sighting,
  z.object({ type: z.literal('observation'), at: z.iso.datetime({ offset: true }) }),
);

/** A trace that can't be read. `line` counts from 1. */
export class BadTraceError extends Error {
  readonly code = 'bad-trace';
  readonly line: number;
  constructor(line: number, says: string) {
    super(`line ${line}: ${says}`);
    this.name = 'BadTraceError';
    this.line = line;
  }
}

export type TraceReader = { readonly header: TraceHeader; readonly read: (line: string) => Observation };

/** Reads the header; then one observation a line. Throws BadTraceError. `parseAtMs` turns an ISO time into epoch ms. */
export function openTrace(headerLine: string, parseAtMs: (iso: string) => number): TraceReader {
  const header = parse(TraceHeader, headerLine, 1);
  let line = 1;
  let lastAtMs = -Infinity;
  return {
    header,
    read(text) {
      line += 1;
      const { type: _, at, ...sighting } = parse(TraceObservation, text, line);
      const atMs = parseAtMs(at);
      if (atMs < lastAtMs) throw new BadTraceError(line, `out of order: ${at} is before the line above`);
      lastAtMs = atMs;
      return { ...sighting, atMs };
    },
  };
}

function parse<T>(schema: z.ZodType<T>, text: string, line: number): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BadTraceError(line, 'not JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadTraceError(line, z.prettifyError(parsed.error).replaceAll('\n', ' '));
}
