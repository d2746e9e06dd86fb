// What a page says when there is nothing yet, or when something went wrong: what happened, what is safe, what to do.
import type { ReactNode } from 'react';
import { messageOf } from '../api/client.ts';

export function Failure({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  return (
    <div className="card stack" role="alert">
      <p>{messageOf(error)}</p>
      {onRetry !== undefined && (
        <p>
          <button type="button" className="small" onClick={onRetry}>
            Ask again
          </button>
        </p>
      )}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="card stack tight empty">
      <h2>{title}</h2>
      <div className="soft measure">{children}</div>
    </div>
  );
}

/** Holds the place of what is still on its way, so that nothing jumps. */
export function Waiting({ what }: { readonly what: string }) {
  return (
    <p className="soft waiting" role="status">
      Asking for {what} …
    </p>
  );
}
