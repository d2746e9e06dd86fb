// One entry of the record: what happened in a sentence, who and how proven, when, and why; its payload and hash on a tap.
import type { AuditEntryView } from '@petrov/core/wire';
import { Link } from 'wouter';
import { RawSample } from '../../parts/raw-sample.tsx';
import { formatMoment } from '../../words/index.ts';

export function RecordEntry({ entry }: { readonly entry: AuditEntryView }) {
  const { actor, payload } = entry;
  const reason = typeof payload['reason'] === 'string' ? payload['reason'] : undefined;
  const how = [actor.via, actor.proof].filter((part) => part !== undefined).join(', ');
  return (
    <li className="stack tight">
      <p>{entry.says}</p>
      {reason !== undefined && <p className="s soft">Why: “{reason}”</p>}
      <p className="xs soft">
        {formatMoment(entry.atMs)} · {actor.kind} <strong>{actor.name}</strong>
        {how !== '' && ` (${how})`}
        {entry.cluster !== undefined && ` · ${entry.cluster}`}
        {entry.proposal !== undefined && (
          <>
            {' · '}
            <Link href={`/proposals/${entry.proposal}`}>its proposal</Link>
          </>
        )}
      </p>
      <details>
        <summary className="disclose">
          Entry {entry.seq}, code {entry.code}
        </summary>
        <RawSample sample={{ ...payload, hash: entry.hash }} />
      </details>
    </li>
  );
}
