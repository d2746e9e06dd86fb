// Everything that a drill has gathered by its end: what the checks look at, and nothing else.
import type { AuditEntryView, AuditVerification, ProposalView, RunView } from '@petrov/core/wire';
import type { FaultStamp, SiteStatus, WriterLog } from '@petrov/sandbox';
import type { InboxMessage } from '../rig/inbox.ts';
import type { Returned } from '../disturbance/index.ts';
import { longestPauseMs } from '../run/acks.ts';
import type { Cast } from '../run/apply.ts';
import type { Answered, OperatorPart } from '../run/operator.ts';
import type { Ended } from '../run/run-end.ts';
import type { WalLoss } from '../run/wal.ts';
import type { Seen } from '../run/watch.ts';
import type { Scenario } from '../scenario/index.ts';

export type Gathered = {
  readonly scenario: Scenario;
  readonly operator: OperatorPart;
  readonly isSync: boolean;
  readonly cluster: string;
  /** Before the fault. */
  readonly primary: string;
  readonly timeline: number;
  readonly fault: FaultStamp;
  readonly healedAtMs?: number | undefined;
  readonly seen: readonly Seen[];
  readonly messages: readonly InboxMessage[];
  /** The page that asked for a decision. */
  readonly page?: InboxMessage | undefined;
  /** As it was when the page came, and as it is at the end. */
  readonly asked?: ProposalView | undefined;
  readonly proposal?: ProposalView | undefined;
  readonly answered?: Answered | undefined;
  readonly cast: Cast;
  readonly endings: readonly Ended[];
  readonly returned?: Returned | undefined;
  readonly runs: readonly RunView[];
  readonly log: WriterLog;
  /** Acknowledged, and not there any more; undefined = nobody can tell: not exactly one member is out of recovery. */
  readonly lost?: readonly number[] | undefined;
  readonly wal?: WalLoss | undefined;
  /** Of the servers themselves, at the end of the script. */
  readonly status: SiteStatus;
  /** What starting the old primary by hand came to; absent where nothing was promoted. */
  readonly oldPrimary?: { readonly role: string; readonly isGateRefusing: boolean; readonly says: string } | undefined;
  /** The system's monotonic clock when the script ended. */
  readonly endedMonotonicMs: number;
  readonly audit: readonly AuditEntryView[];
  readonly verification: AuditVerification;
  /** Where the controller was made to die, and whether it did. */
  readonly crash?: { readonly at: string; readonly happened: boolean } | undefined;
};

export function promotedMembers(facts: Gathered): readonly string[] {
  return facts.status.members
    .filter((member) => member.role === 'primary' && member.id !== facts.primary)
    .map((member) => member.id);
}

/** The longest time without an acknowledged write, from shortly before the fault to the end of the script, ms. */
export function unavailableMs({ log, fault, endedMonotonicMs }: Gathered): number {
  return Math.round(longestPauseMs(log.acks, { fromMs: fault.monotonicMs - 1_000, toMs: endedMonotonicMs }));
}
