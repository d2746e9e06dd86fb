// Standbys that the plan can't let follow by itself: not seen when it's made, or with WAL that the candidate lacks. Each gets
// a follow-up that nobody tries and that stays open with its reason, so that the end of a run names whom to bring back.
import type { Case } from '../assessment/case.ts';
import type { Findings } from '../assessment/findings/index.ts';
import { sayBytes } from '../assessment/words.ts';
import { lsnDistanceBytes } from '../cluster/index.ts';
import { hasFallenSilent, type Ranked } from './candidate.ts';
import type { Step } from './plan.ts';

export type LeftOpen = { readonly member: string; readonly because: string };

/** `siblings`: who follows by the plan. A cascading standby follows somebody else, and is no part of this. */
export function findLeftOpen(
  given: Case,
  found: Findings,
  { chosen, siblings }: { readonly chosen: Ranked; readonly siblings: readonly string[] },
): readonly LeftOpen[] {
  return found.standbys.flatMap((standby) => {
    const { id, isDirect, isFresh } = standby;
    if (id === chosen.member || siblings.includes(id) || !isDirect) return [];
    const because = !isFresh
      ? 'it has not answered lately'
      : hasFallenSilent(given, standby)
        ? 'it answers no more'
        : sayAhead(standby, chosen);
    return because === undefined ? [] : [{ member: id, because }];
  });
}

function sayAhead({ receiver }: Findings['standbys'][number], chosen: Ranked): string | undefined {
  const bytes = receiver?.receivedLsn === undefined ? 0 : lsnDistanceBytes(chosen.lsn, receiver.receivedLsn);
  return bytes > 0 ? `it received ${sayBytes(bytes)} more than ${chosen.member} and must be rewound` : undefined;
}

export function leftOpenStep(cluster: string, { member, because }: LeftOpen, upstream: string): Step {
  return {
    id: `bring-back-${member}`,
    verb: 'start-as-standby',
    member,
    says: `${member} follows ${upstream}`,
    command: `petrov rejoin ${cluster} ${member}, once its agent answers`,
    undo: 'reversible',
    deadlineMs: 120_000,
    doneWhen: `${member} streams from ${upstream}`,
    isFollowUp: true,
    openBecause: because,
  };
}
