// A drill's script, as data: what is broken and when, what that truly is, what Petrov must say, and what it must never do.
import type { Verdict } from '@petrov/core/assessment';
import type { FaultName } from '@petrov/sandbox';

/** `@primary` and `@candidate` stand for whoever has that part when the fault is due. */
export type PlannedFault = { readonly name: FaultName; readonly args: readonly string[] };

export type Scenario = {
  readonly id: string;
  readonly title: string;
  /** What happens, and what a good operator makes of it. */
  readonly says: string;
  /** What is really the case, by its verdict's name. */
  readonly truth: Verdict;
  /** Verdicts that are right as well, such as one on the way. */
  readonly alsoRight: readonly Verdict[];
  readonly fault: PlannedFault;
  /** A failover is the right thing to propose. */
  readonly proposes: boolean;
  /** How long it lasts before it's healed; absent: nobody heals it, or it ends by itself. */
  readonly healAfterMs?: number;
  /** For a false alarm: how long writes may pause, ms; 0 = not at all. */
  readonly pauseMsMax: number;
  /** Bound for the proposal, from the fault on. */
  readonly proposalWithinMs: number;
};
