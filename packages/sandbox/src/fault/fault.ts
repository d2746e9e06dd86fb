// What a fault is: a thing broken on purpose, with what it breaks, its arguments, and how it is undone.
import type { z } from 'zod';
import type { RecordFile } from '../site/record-file.ts';
import type { ActiveFault, SiteRecord } from '../site/record.ts';

export interface FaultStamp {
  /** Wall clock, for people and records. */
  readonly atMs: number;
  /** The system's monotonic clock, comparable with the writers' own stamps. */
  readonly monotonicMs: number;
}

/** What a fault may use of a site. */
export interface FaultContext {
  /** The record as it is now, this fault included among the active ones. */
  readonly record: SiteRecord;
  /** For a fault that changes what the record says of a host. */
  readonly file: RecordFile;
  /** Called right before the signal, rule or command that breaks something. */
  readonly stamp: () => void;
}

/** One file of the folder `faults` describes one of these. */
export interface FaultSpec<Args> {
  readonly name: string;
  readonly summary: string;
  /** What it touches: a database, only the view of one, or a network. */
  readonly breaks: 'database' | 'view' | 'network';
  readonly parameters: z.ZodType<Args>;
  /** Names of the arguments in the order in which a command line gives them. */
  readonly positional: readonly string[];
  /** Whether it stays on record as active until it is healed. */
  readonly isLasting: boolean;
  /** Active faults that this one brings to an end, such as a start after a kill. */
  readonly ends?: (active: ActiveFault, args: Args) => boolean;
  readonly apply: (context: FaultContext, args: Args) => Promise<void>;
  /** Undoes every trace of it in the site; says what it did. */
  readonly heal: (record: SiteRecord, file: RecordFile) => Promise<readonly string[]>;
}

/** The same with its arguments' type hidden, so that faults of all kinds fit in one list. */
export interface Fault extends Omit<FaultSpec<unknown>, 'ends' | 'parameters'> {
  readonly parameters: z.ZodType;
  readonly ends: (active: ActiveFault, args: unknown) => boolean;
}

export function defineFault<Args>(spec: FaultSpec<Args>): Fault {
  return {
    ...spec,
    ends: (active, args) => spec.ends?.(active, spec.parameters.parse(args)) ?? false,
    apply: async (context, args) => await spec.apply(context, spec.parameters.parse(args)),
  };
}
