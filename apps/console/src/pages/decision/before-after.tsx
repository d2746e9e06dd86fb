// The set as it is and as it would be, and what follows that isn't a step.
import type { Plan } from '@petrov/core/plan';
import type { ClusterView } from '@petrov/core/wire';
import { TopologyAfter, TopologyNow } from '../../parts/cluster-topology.tsx';

export function BeforeAfter({ cluster, plan }: { readonly cluster: ClusterView; readonly plan: Plan }) {
  return (
    <section className="card stack">
      <h2>Before and after</h2>
      <div className="before-after">
        <figure>
          <figcaption>now</figcaption>
          <TopologyNow cluster={cluster} />
        </figure>
        <figure>
          <figcaption>after</figcaption>
          <TopologyAfter plan={plan} members={cluster.members} />
        </figure>
      </div>
      {plan.consequences.length > 0 && (
        <ul className="s soft consequences">
          {plan.consequences.map((consequence) => (
            <li key={consequence}>{consequence}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
