// The plan as it would be now, so that nobody meets it for the first time at night.
import type { ClusterView } from '@petrov/core/wire';
import { CandidateTable } from '../../parts/candidate-table.tsx';
import { StillWrites } from '../../parts/still-writes.tsx';
import { askStillWrites } from '../../words/index.ts';

export function IfItCameToIt({ cluster }: { readonly cluster: ClusterView }) {
  const plan = cluster.ifItCameToIt;
  return (
    <section className="card stack" aria-labelledby="if-it-came">
      <h2 id="if-it-came">If it came to it</h2>
      {plan === undefined ? (
        <p className="soft s">No plan can be made at present: no standby has been heard recently enough.</p>
      ) : (
        <>
          <p className="measure">{plan.says}</p>
          {plan.loss !== undefined && <p className="s soft measure">{plan.loss.says}</p>}
          <StillWrites level="h3" question={askStillWrites(cluster.primary ?? 'the old primary')} says={plan.fence} />
          {plan.consent !== undefined && plan.consent.people > 1 && (
            <p className="s measure">It would take two people, because {plan.consent.because.join(', and ')}.</p>
          )}
          <CandidateTable rows={plan.ranking} />
        </>
      )}
    </section>
  );
}
