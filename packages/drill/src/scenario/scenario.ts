// A drill's script, as data: what is broken and when, what that truly is, what Petrov must say, and what it must never do.
import type { Verdict } from '@petrov/core/assessment';
import type { Plan } from '@petrov/core/plan';
import type { FaultName } from '@petrov/sandbox';
import type { OnlyFence } from '../rig/options.ts';
import type { DisturbanceName } from '../disturbance/index.ts';

/**
 * `@primary`, `@candidate` and `@other` stand for who has that part: the primary before the fault, the standby that the plan
 * names (before there's a plan: the first by name), and the one that remains.
 */
export type PlannedFault = { readonly name: FaultName | DisturbanceName; readonly args: readonly string[] };

/** How a run ends, and with which sentence for the operator. */
export type Ending = {
  readonly state: 'succeeded' | 'stuck' | 'failed' | 'abandoned' | 'superseded';
  readonly says: RegExp;
};

/** The controller is stopped in mid-air at one place of the run; this happens meanwhile; then it goes on. */
export type Held = {
  readonly at: string;
  readonly faults: readonly PlannedFault[];
  /** How long it stays stopped after that, at least. */
  readonly forMs?: number;
  /** Once it goes on, after a while. */
  readonly later?: { readonly afterMs: number; readonly faults: readonly PlannedFault[] };
  /** It is not let go on here: another takes over. */
  readonly isLeft?: boolean;
};

/** What happens once the run has ended or is stuck. */
export type Sequel =
  | { readonly do: 'break'; readonly faults: readonly PlannedFault[] }
  | { readonly do: 'heal' }
  | { readonly do: 'see'; readonly verdict: Verdict; readonly withinMs: number }
  /** Nobody but the old primary is out of recovery, all this time. */
  | { readonly do: 'stay-unpromoted'; readonly forMs: number }
  | { readonly do: 'decide'; readonly decision: StuckAnswer; readonly ends: Ending }
  /** The run ends by itself, overtaken by what somebody did. */
  | { readonly do: 'await-end'; readonly ends: Ending }
  /** Another question is opened than the one that was answered. */
  | { readonly do: 'see-question'; readonly question: Question; readonly withinMs: number }
  /** The next question is approved, and is the drill's own from then on. */
  | { readonly do: 'approve-next'; readonly question: Question; readonly withinMs: number; readonly ends: Ending };

/** `leave-fence` gives up with nothing lifted. */
export type StuckAnswer = 'resume' | 'abandon' | 'leave-fence';
export type Question = { readonly kind: Plan['kind']; readonly fence?: Plan['fence']['method'] };

export type Scenario = {
  readonly id: string;
  readonly title: string;
  /** What happens, and what a good operator makes of it. */
  readonly says: string;
  /** What is really the case, by its verdict's name. */
  readonly truth: Verdict;
  /** Verdicts that are right as well, such as one on the way. */
  readonly alsoRight: readonly Verdict[];
  /** The one way to fence; default: the agents, and a power switch where an agent is silent. */
  readonly onlyFence?: OnlyFence | undefined;
  /** Its set has synchronous standbys, whatever is asked for. */
  readonly isSync?: boolean;
  /** What is proposed goes beyond the policy: two people have to agree to it. */
  readonly takesTwo?: boolean;
  /** Members with priority 0. */
  readonly neverPromoted?: readonly string[];
  /** Broken first, some time before the fault: a set that isn't whole. */
  readonly first?: { readonly faults: readonly PlannedFault[]; readonly forMs: number };
  readonly fault: PlannedFault;
  /** Broken together with the fault. */
  readonly together?: readonly PlannedFault[];
  /** A failover is the right thing to propose. */
  readonly proposes: boolean;
  /** Broken once the question was read, right before the script answers it. */
  readonly beforeAnswer?: readonly PlannedFault[];
  readonly held?: Held;
  /** Default: it succeeds. */
  readonly ends?: Ending;
  readonly sequels?: readonly Sequel[];
  /** With whom it ends, if approved: a promoted standby (default), the primary of before, or whom somebody else promoted. */
  readonly outcome?: 'promoted' | 'unchanged' | 'taken-over';
  /** Who has to be chosen, and why others are not, in the plan's own words. */
  readonly chooses?: { readonly candidate: string; readonly losers: Readonly<Record<string, RegExp>> };
  /** Its standby.signal is missing, or was deleted: started by hand in the end, the old primary is refused by its gate. */
  readonly staysDown?: boolean;
  /** Standbys that are not expected to follow in the end. */
  readonly aside?: readonly string[];
  /** How long it lasts before it's healed; absent: nobody heals it, or it ends by itself. */
  readonly healAfterMs?: number;
  /** For a false alarm: how long writes may pause, ms; 0 = not at all. */
  readonly pauseMsMax: number;
  /** Bound for the proposal, from the fault on. */
  readonly proposalWithinMs: number;
};
