// What a hypothesis answers about a case. The first in the list of hypotheses that holds gives the verdict.
import type { DwellClass } from '../cluster/index.ts';
import type { Action, Evidence, Verdict } from './assessment.ts';
import type { Case } from './case.ts';
import type { Sides } from './evidence/index.ts';
import type { Findings } from './findings/index.ts';
import type { QuorumCount } from './quorum.ts';
import type { SignOfLife } from './veto.ts';
import type { Corroboration } from './corroborate.ts';

export type Exhibit = {
  readonly given: Case;
  readonly found: Findings;
  readonly sides: Sides;
  /** Witnesses that suspect the primary by reads, and by commits. */
  readonly reads: QuorumCount;
  readonly commits: QuorumCount;
  readonly corroborations: readonly Corroboration[];
  readonly signsOfLife: readonly SignOfLife[];
  readonly hasVeto: boolean;
  /** The class the failure has had since the suspicion began; stopped and hung stay. */
  readonly dwellClass: DwellClass;
  /** Since when it hasn't been clear whether it has failed or serves. */
  readonly undecidedSinceMs?: number | undefined;
};

export type Weighing = {
  readonly verdict: Verdict;
  readonly action: Action;
  readonly rule: string;
  readonly headline: string;
  readonly explanation: string;
  readonly for: readonly Evidence[];
  readonly against: readonly Evidence[];
  readonly unknown: readonly Evidence[];
  /** A failover is to be proposed once this has lasted its dwell. */
  readonly failover?: { readonly dwellMs: number };
  /** What a failover needs is missing, and nothing refutes it: one that was held before isn't forgotten at once. */
  readonly isOpen?: boolean;
};

/** One possible explanation. Undefined = it doesn't hold in this case. */
export type Hypothesis = { readonly verdict: Verdict; readonly weigh: (exhibit: Exhibit) => Weighing | undefined };

/** Evidence as seen by somebody who says "the primary has failed". */
export function asFailure({ sides }: Exhibit): Pick<Weighing, 'for' | 'against' | 'unknown'> {
  return { for: sides.failing, against: sides.living, unknown: [...sides.doubts, ...sides.unknown] };
}

/** Evidence as seen by somebody who says "the primary serves". */
export function asServing({ sides }: Exhibit): Pick<Weighing, 'for' | 'against' | 'unknown'> {
  return { for: [...sides.living, ...sides.doubts], against: sides.failing, unknown: sides.unknown };
}
