// Whether a button may be pressed now, and if not, why: one table of reasons for every answer. The server checks all of
// it again; this only keeps a person from pressing what would be refused.
import type { DecisionKind } from '@petrov/core/approval';
import type { ProposalView } from '@petrov/core/wire';
import type { LiveState } from '../../api/live-link.ts';

export type Situation = {
  readonly view: ProposalView;
  /** Who is signed in. */
  readonly me?: string | undefined;
  readonly live: LiveState;
  /** A newer revision than the one on the screen exists. */
  readonly isFrozen: boolean;
  readonly isSending: boolean;
  /** How long ago the controller last told about this proposal, ms. */
  readonly viewAgeMs: number;
};

/** Beyond this the page itself is too old to approve on, whatever it says. */
const VIEW_STALE_MS = 8_000;

/** `undefined` = it may be pressed. */
export function whyNot(kind: DecisionKind, situation: Situation): string | undefined {
  const { view, me, live, isFrozen, isSending, viewAgeMs } = situation;
  if (isSending) return 'An answer is on its way.';
  if (live === 'gone') return 'The live connection is gone; answers are off until it is back.';
  if (isFrozen) return 'The proposal has changed; look at the change first.';
  const possible = view.possible.find((one) => one.kind === kind);
  if (possible === undefined) return 'This can’t be answered now.';
  if (!possible.isPossible) return possible.because ?? 'This can’t be answered now.';
  if (kind !== 'approve') return undefined;
  if (me !== undefined && view.approvals.by.includes(me)) return 'You have approved it: another person is needed.';
  if (!view.isFresh) return 'The evidence is too old to approve on. It has to be measured again first.';
  if (viewAgeMs > VIEW_STALE_MS)
    return 'This page has not heard from the controller for a while; it can’t approve on that.';
  return undefined;
}
