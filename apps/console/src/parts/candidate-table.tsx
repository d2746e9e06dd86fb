// The standbys that could be promoted: position, how far behind, and why each is or isn't the one.
import type { CandidateRow } from '@petrov/core/plan';
import { formatBytes } from '../words/index.ts';

export function CandidateTable({ rows }: { readonly rows: readonly CandidateRow[] }) {
  return (
    <ul className="candidates" aria-label="Candidates">
      {rows.map((row) => (
        <li key={row.member} className={row.isChosen ? 'chosen' : undefined}>
          <div className="row between">
            <span>
              <strong>{row.member}</strong> <span className="soft s">zone {row.zone}</span>{' '}
              {row.isChosen && <span className="tag">chosen</span>}
            </span>
            <span className="s">
              <span className="mono">{row.lsn ?? 'position unknown'}</span> ·{' '}
              {row.behindBytes === undefined ? 'lag unknown' : `${formatBytes(row.behindBytes)} behind`}
            </span>
          </div>
          <p className="s soft">{row.says}</p>
        </li>
      ))}
    </ul>
  );
}
