// What the pager received: each message with its signature checked, newest first. It never carries the power to approve.
import type { InboxView } from '@petrov/core/wire';
import { useNow } from '../../api/context.ts';
import { useInbox } from '../../api/queries.ts';
import { Failure, Waiting } from '../../parts/notice.tsx';
import { formatAge, formatClock } from '../../words/index.ts';
import '../../styles/record.css';

export function Inbox() {
  const inbox = useInbox();
  return (
    <section className="stack" aria-labelledby="inbox">
      <h2 id="inbox">What the pager received</h2>
      {inbox.isPending && <Waiting what="the inbox" />}
      {inbox.isError && <Failure error={inbox.error} />}
      {inbox.data !== undefined && <Messages inbox={inbox.data} />}
    </section>
  );
}

function Messages({ inbox }: { readonly inbox: InboxView }) {
  const nowMs = useNow();
  if (inbox.messages.length === 0) {
    return <p className="card s soft">No page yet. Kill the primary, and within seconds one stands here, signed.</p>;
  }
  return (
    <ol className="entries card">
      {inbox.messages
        .toSorted((one, other) => other.receivedAtMs - one.receivedAtMs)
        .map((message) => (
          <li key={message.id} className="stack tight">
            <div className="row between">
              <strong>{message.type}</strong>
              <span className={message.signatureOk ? 'mark tone-ok s' : 'mark tone-for s'}>
                <span aria-hidden="true">{message.signatureOk ? '✓ ' : '✕ '}</span>
                {message.signatureOk ? 'signature is right' : 'signature is WRONG'}
              </span>
            </div>
            {summaryOf(message.body) !== undefined && <p className="s">{summaryOf(message.body)}</p>}
            <p className="xs soft">
              {formatClock(message.receivedAtMs)}, {formatAge(message.receivedAtMs, nowMs)} · {message.id}
            </p>
            <details>
              <summary className="disclose">Body</summary>
              <pre className="xs mono body" tabIndex={0}>
                {JSON.stringify(message.body, null, 2)}
              </pre>
            </details>
          </li>
        ))}
    </ol>
  );
}

/** A Standard Webhook carries its text under data; anything else is shown raw only. */
function summaryOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('data' in body)) return undefined;
  const { data } = body;
  if (typeof data !== 'object' || data === null) return undefined;
  if ('summary' in data && typeof data.summary === 'string') return data.summary;
  return 'says' in data && typeof data.says === 'string' ? data.says : undefined;
}
