// Who reaches whom: every observer against every member, the newest answer in each cell. "Unseen" is not "down".
import type { ClusterView } from '@petrov/core/wire';
import { formatAge } from '../words/index.ts';

type Observer = ClusterView['observers'][number];
type Cell = Observer['cells'][string];

export function ReachMatrix({ cluster, nowMs }: { readonly cluster: ClusterView; readonly nowMs: number }) {
  return (
    <div className="scroll-x" role="region" aria-label="Who reaches whom" tabIndex={0}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">observer</th>
            {cluster.members.map((member) => (
              <th key={member.id} scope="col" className="cell-head">
                {member.id}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cluster.observers.map((observer) => (
            <tr key={observer.source}>
              <th scope="row">
                {observer.source}
                {observer.zone !== undefined && <span className="under">zone {observer.zone}</span>}
                {observer.doubt !== undefined && <span className="under doubt">doubts itself: {observer.doubt}</span>}
              </th>
              {cluster.members.map((member) => (
                <td key={member.id} className="cell-at">
                  <ReachAnswer cell={observer.cells[member.id]} nowMs={nowMs} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const signs = { alive: '✓', dead: '✕', silent: '…', abstains: '◇', unseen: '–' } as const;

function ReachAnswer({ cell, nowMs }: { readonly cell: Cell | undefined; readonly nowMs: number }) {
  if (cell === undefined) {
    return (
      <span className="faint">
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">does not look</span>
      </span>
    );
  }
  const text =
    cell.reading === 'alive' && cell.latencyMs !== undefined ? `${cell.latencyMs.toFixed(0)} ms` : cell.outcome;
  return (
    <span className={`cell ${cell.reading}`} title={`${cell.outcome}, ${formatAge(cell.atMs, nowMs)}`}>
      <span aria-hidden="true">{signs[cell.reading]} </span>
      {text}
    </span>
  );
}
