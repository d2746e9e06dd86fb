// Durations of a drill. From the fault and the answer to what inbox and writers saw: one monotonic clock. What only the
// controller dates (suspicion, proposal, the step's end) is on the wall clock of the same machine.
import { type Gathered, promotedMembers } from '../checks/facts.ts';
import { firstAckMs } from './acks.ts';
import type { Timings } from './report.ts';

export const NO_TIMINGS: Timings = {
  faultToSuspicionMs: null,
  faultToProposalMs: null,
  faultToPageMs: null,
  approveToPromotedMs: null,
  approveToWritableMs: null,
  faultToWritableMs: null,
};

export function readTimings(facts: Gathered): Timings {
  const { fault, page, asked, answered, log } = facts;
  const approved = answered?.kind === 'approve' ? answered : undefined;
  const [promoted] = promotedMembers(facts);
  const writableMs = promoted === undefined ? undefined : firstAckMs(log.acks, promoted, fault.monotonicMs);
  return {
    faultToSuspicionMs: since(fault.atMs, suspectedAtMs(facts)),
    faultToProposalMs: since(fault.atMs, asked?.proposal.openedAtMs),
    faultToPageMs: since(fault.monotonicMs, page?.receivedMonotonicMs),
    approveToPromotedMs: approved === undefined ? null : since(approved.atMs, promotedAtMs(facts)),
    approveToWritableMs: approved === undefined ? null : since(approved.monotonicMs, writableMs),
    faultToWritableMs: since(fault.monotonicMs, writableMs),
  };
}

function suspectedAtMs({ seen, fault, asked }: Gathered): number | undefined {
  const times = [...seen.map((one) => one.suspectedSinceMs), asked?.proposal.revision.assessment.suspectedSinceMs];
  const after = times.filter((atMs) => atMs !== undefined).filter((atMs) => atMs >= fault.atMs);
  return after.length === 0 ? undefined : Math.min(...after);
}

/** When the candidate's agent was seen to have promoted it: the end of that step in the run's journal. */
function promotedAtMs({ runs }: Gathered): number | undefined {
  const journal = runs.flatMap((run) => run.journal);
  return journal.find((event) => event.type === 'done' && event.step === 'promote')?.atMs;
}

function since(fromMs: number, toMs: number | undefined): number | null {
  return toMs === undefined ? null : Math.round(toMs - fromMs);
}
