// Would a failover work now, and what would it cost: what isn't in order stands open, the worst first; what is, on a tap.
import type { ReadinessState } from '@petrov/core/readiness';
import type { ReadinessCheck, ReadinessView } from '@petrov/core/wire';
import { useReadiness } from '../../api/queries.ts';
import { Mark } from '../../parts/mark.tsx';
import { Failure, Waiting } from '../../parts/notice.tsx';
import { formatAge, plural, readinessMarks } from '../../words/index.ts';

const WORST_FIRST = ['fails', 'unknown', 'costs'] as const satisfies readonly ReadinessState[];

export function ReadinessPanel({ cluster, nowMs }: { readonly cluster: string; readonly nowMs: number }) {
  const readiness = useReadiness(cluster);
  return (
    <section className="card stack" aria-labelledby="readiness">
      <h2 id="readiness">Ready for a failover?</h2>
      {readiness.isPending ? (
        <Waiting what="readiness" />
      ) : readiness.isError ? (
        <Failure error={readiness.error} onRetry={() => void readiness.refetch()} />
      ) : (
        <Checks view={readiness.data} nowMs={nowMs} />
      )}
    </section>
  );
}

function Checks({ view, nowMs }: { readonly view: ReadinessView; readonly nowMs: number }) {
  const { says, atMs, checks } = view;
  const open = WORST_FIRST.flatMap((state) => checks.filter((check) => check.state === state));
  const inOrder = checks.filter((check) => check.state === 'ok');
  return (
    <>
      <p className="measure">
        {says} <span className="soft s">As of {formatAge(atMs, nowMs)}.</span>
      </p>
      <CheckList checks={open} />
      {inOrder.length > 0 && (
        <details>
          <summary className="disclose">{plural(inOrder.length, 'check is', 'checks are')} ok</summary>
          <CheckList checks={inOrder} />
        </details>
      )}
    </>
  );
}

function CheckList({ checks }: { readonly checks: readonly ReadinessCheck[] }) {
  if (checks.length === 0) return null;
  return (
    <ul className="checks">
      {checks.map(({ id, title, state, says, toDo }) => (
        <li key={id}>
          <Mark mark={readinessMarks[state]} />
          <div>
            <strong>{title}</strong>
            <p className="s measure">{says}</p>
            {toDo !== undefined && <p className="s soft measure">{toDo}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
