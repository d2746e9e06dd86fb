// What waiting costs beside what being wrong costs. Only what was measured is a number; the rest is "unknown".
import type { Plan } from '@petrov/core/plan';
import type { ProposalView } from '@petrov/core/wire';
import { formatBytes, formatCount } from '../../words/index.ts';

export function Costs({ view, plan }: { readonly view: ProposalView; readonly plan: Plan }) {
  if (plan.kind !== 'failover') return <PlannedCosts plan={plan} />;
  const rate = view.failingWritesPerSecond;
  const { loss } = plan;
  const seconds = loss.upperBoundSeconds === undefined ? '' : `, ${loss.upperBoundSeconds.toFixed(1)} s`;
  return (
    <section className="stack" aria-label="What each answer costs">
      <div className="costs">
        <div className="card">
          <h2>Waiting one more minute</h2>
          <p className="amount">{rate === undefined ? 'unknown' : `≈ ${formatCount(rate * 60)} writes`}</p>
          <p className="xs soft">{rate === undefined ? 'no client reports its writes' : 'fail at the present rate'}</p>
        </div>
        <div className="card">
          <h2>If this is wrong</h2>
          <p className="amount">
            ≤ {formatBytes(loss.upperBoundBytes)}
            {seconds}
          </p>
          <p className="xs soft">of commits could be lost</p>
        </div>
      </div>
      <p className="xs soft">
        {loss.says} Approving consents to {formatBytes(loss.capBytes)} at most; above that the run refuses.
      </p>
    </section>
  );
}

/** Waiting costs nothing while nothing is out. */
function PlannedCosts({ plan }: { readonly plan: Plan }) {
  return (
    <section className="card stack tight" aria-label="What it costs">
      <h2>What it costs</h2>
      <p className="s">{plan.loss.says}</p>
    </section>
  );
}
