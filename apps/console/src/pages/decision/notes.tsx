// Two things that happen to an open question: it changed while it was being read, or somebody chose to wait.
import type { ProposalView } from '@petrov/core/wire';
import { formatClock, formatSpan } from '../../words/index.ts';
import type { Pinned } from './use-pinned-revision.ts';

export function RevisionNotice({ pinned, newest }: { readonly pinned: Pinned; readonly newest: number }) {
  return (
    <div role="alert" className="revision-notice">
      {pinned.isFrozen && (
        <div className="notice stack">
          <h2>The proposal has changed while you were reading</h2>
          {pinned.changes.length === 0 ? (
            <p>Revision {newest} replaces the one below.</p>
          ) : (
            <ul className="changes">
              {pinned.changes.map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
          )}
          <p className="s soft">
            What you see below is revision {pinned.revision.number}. No button works until you go on.
          </p>
          <button type="button" onClick={pinned.goOn}>
            Go on with revision {newest}
          </button>
        </div>
      )}
    </div>
  );
}

export function HeldNote({ view, nowMs }: { readonly view: ProposalView; readonly nowMs: number }) {
  const { heldUntilMs, heldBecause } = view.proposal;
  if (heldUntilMs === undefined || heldUntilMs <= nowMs) return null;
  return (
    <p className="s held-note">
      <strong>Waiting until {formatClock(heldUntilMs)}</strong>, {formatSpan(heldUntilMs - nowMs)} more
      {heldBecause !== undefined && `: ${heldBecause}`}. You can still answer.
    </p>
  );
}
