// The words of a plan by what it would do: a failover, a switchover, a member that comes back. Exhaustive by type.
import type { Plan } from '@petrov/core/plan';

export type PlanWords = {
  /** The question as a heading. */
  readonly question: string;
  /** On the button that starts it. */
  readonly act: string;
  /** The change as a noun: "the promotion of orders-2". */
  readonly name: string;
  readonly doing: string;
  readonly done: string;
  readonly ifNobody: string;
  /** What the fence answers. */
  readonly stillWrites: string;
  /** Reasons that often fit, to approve and to reject. */
  readonly reasons: readonly string[];
  readonly refusals: readonly string[];
  readonly rejectLabel: string;
  readonly rejectTitle: string;
  readonly rejectSays: string;
};

export function wordsOf({ kind, candidate, primary, cluster }: Plan): PlanWords {
  switch (kind) {
    case 'failover':
      return {
        question: `Promote ${candidate}?`,
        act: `Promote ${candidate}`,
        name: `the promotion of ${candidate}`,
        doing: `Promoting ${candidate} now.`,
        done: `${candidate} is the primary of ${cluster}.`,
        ifNobody: 'If nobody acts, nothing is promoted and writes stay down.',
        stillWrites: askStillWrites(primary),
        reasons: ['Kinds agree and users are hurt', 'Checked by hand: it is down', 'Its host is gone for good'],
        refusals: ['Planned work', 'Only our view is broken', 'It is coming back by itself'],
        rejectLabel: 'Reject: false alarm',
        rejectTitle: 'Why is this a false alarm?',
        rejectSays: `Nothing is promoted in ${cluster}. The same case stays quiet until a new fact appears; then you are asked again.`,
      };
    case 'switchover':
      return {
        question: `Switch over to ${candidate}?`,
        act: `Switch over from ${primary} to ${candidate}`,
        name: `the switchover to ${candidate}`,
        doing: `Switching over to ${candidate} now.`,
        done: `${candidate} is the primary of ${cluster}.`,
        ifNobody: `If nobody acts, ${primary} stays the primary.`,
        stillWrites: `Can ${primary} still take writes afterwards?`,
        reasons: ['As planned', 'Its host needs maintenance', 'Back to the usual primary'],
        refusals: ['Not now', 'Too much traffic', 'Asked for by mistake'],
        rejectLabel: 'Reject',
        rejectTitle: 'Why not?',
        rejectSays: `Nothing is changed in ${cluster}. It can be asked for again at any time.`,
      };
    case 'rejoin':
      return {
        question: `Bring ${candidate} back?`,
        act: `Bring ${candidate} back as a standby`,
        name: `the return of ${candidate}`,
        doing: `Bringing ${candidate} back now.`,
        done: `${candidate} follows ${primary}.`,
        ifNobody: `If nobody acts, ${candidate} stays down.`,
        stillWrites: askStillWrites(candidate),
        reasons: ['Its host is well again', 'Nothing on it is needed'],
        refusals: ['I want to look at its data first', 'Its host is not well yet'],
        rejectLabel: 'Leave it down',
        rejectTitle: `Why should ${candidate} stay down?`,
        rejectSays: `Nothing is changed on ${candidate}. It can be asked for again at any time.`,
      };
  }
}

export function askStillWrites(member: string): string {
  return `Can ${member} still take writes?`;
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
