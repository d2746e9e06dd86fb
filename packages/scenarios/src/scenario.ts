// A story as data: what breaks and when, what the operator does, what must come of it and what must never. Times in ms from
// the moment when everything has been well for 10 s.
import type { Verdict } from '@petrov/core/assessment';
import type { FenceMethod, PolicyInput } from '@petrov/core/cluster';
import type { ProposalState } from '@petrov/core/proposal';

export type Happening = What & {
  /** Not before the run has done this step, however long that takes. */
  readonly afterStep?: string;
  /** Not before the run has begun this step. */
  readonly duringStep?: string;
};

type What =
  | { readonly atMs: number; readonly what: 'kill' | 'freeze' | 'thaw' | 'start'; readonly member: string }
  /** Somebody deletes its standby.signal and starts it around its gate; or stops it by hand, cleanly. */
  | { readonly atMs: number; readonly what: 'force-writable' | 'stop'; readonly member: string }
  /** The whole machine loses its power, agent included, or has it back; Postgres isn't started then. */
  | { readonly atMs: number; readonly what: 'host-off' | 'host-on'; readonly member: string }
  /** Somebody promotes a standby, past Petrov; or hands over to it: the primary is stopped cleanly, and follows it then. */
  | { readonly atMs: number; readonly what: 'promote-by-hand' | 'hand-over'; readonly member: string }
  /** A query keeps a standby from replaying: a promotion of it is pending until the query ends. */
  | { readonly atMs: number; readonly what: 'block-replay' | 'release-replay'; readonly member: string }
  /** Postgres stops and is started again by whoever supervises it; for some time it says that it's starting up. */
  | { readonly atMs: number; readonly what: 'restart'; readonly member: string; readonly startingForMs: number }
  /** A person asks for a planned change: that this member takes over, or comes back, rewound or copied anew. */
  | { readonly atMs: number; readonly what: 'ask-switchover' | 'ask-rejoin' | 'ask-clone'; readonly member: string }
  /** A person gives up the run that is stuck over this member. */
  | { readonly atMs: number; readonly what: 'give-up'; readonly member: string }
  /** WAL from before a member left the others' history is gone from it: it can't be rewound. */
  | { readonly atMs: number; readonly what: 'lose-wal'; readonly member: string }
  /** No room for a copy of another member. */
  | { readonly atMs: number; readonly what: 'fill-disk' | 'free-disk'; readonly member: string }
  /** The network between all witnesses and a member. */
  | { readonly atMs: number; readonly what: 'cut-monitoring' | 'heal-monitoring'; readonly member: string }
  /** Petrov's own: neither witnesses nor clients are heard, nor can a look be asked for. */
  | { readonly atMs: number; readonly what: 'redis-away' }
  | { readonly atMs: number; readonly what: 'redis-back' };

/** Where the controller dies, at the n-th step of a run that stores a journal event or acts. */
export type Death = {
  readonly where: 'before-store' | 'after-store' | 'during-act' | 'after-act';
  readonly nth: number;
};

export type Scenario = {
  readonly name: string;
  readonly about: string;
  /** The incident it retells. */
  readonly incident?: string | undefined;
  readonly happenings: readonly Happening[];
  /** Other than by default. */
  readonly policy?: PolicyInput | undefined;
  /** Ways to fence; default: the agent. */
  readonly fences?: readonly { readonly method: FenceMethod }[] | undefined;
  /**
   * An approver, awake and quick, who lets a stuck run go on once, gives it up and goes home, or gives each up with its fence
   * left standing; that one, with another where it takes two; nobody; or one who says no.
   */
  readonly operator: 'approves' | 'two-approve' | 'gives-up' | 'leaves-fence' | 'nobody' | 'rejects';
  readonly lastsMs: number;
  /** Play it once for each place where the controller can die. */
  readonly diesEverywhere?: boolean | undefined;
  readonly must: {
    readonly verdicts: readonly Verdict[];
    /** States in which the proposal may end; empty = none was opened. */
    readonly ends: readonly ProposalState[];
    readonly promotions: number;
    readonly finalVerdict?: Verdict | undefined;
  };
  readonly mustNever: { readonly verdicts: readonly Verdict[] };
};
