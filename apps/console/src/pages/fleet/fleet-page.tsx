// What needs a person first, then every cluster with its answer in a sentence.
import type { ClusterView, ProposalView } from '@petrov/core/wire';
import { useState } from 'react';
import { Link } from 'wouter';
import { useNow } from '../../api/context.ts';
import { useClusters, useProposals } from '../../api/queries.ts';
import { TopologyNow } from '../../parts/cluster-topology.tsx';
import { EnvironmentTag, Mark } from '../../parts/mark.tsx';
import { Empty, Failure, Waiting } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page.tsx';
import { ProposalBanner } from '../../parts/proposal-banner.tsx';
import { FIND_FIELD } from '../../shell/use-find-key.ts';
import { formatAge, formatSpan, markOfVerdict, needsPerson, plural } from '../../words/index.ts';

export function FleetPage() {
  const clusters = useClusters();
  const proposals = useProposals();
  if (clusters.isPending) return <Waiting what="the clusters" />;
  if (clusters.isError) return <FleetFailure error={clusters.error} onRetry={() => void clusters.refetch()} />;
  const asked = (proposals.data ?? []).filter((view) => needsPerson(view.proposal.state));
  return (
    <div className="stack wide">
      <PageHead title={headlineOf(clusters.data, asked)} tab="Fleet" {...leadOf(clusters.data, asked)} />
      {asked.map((view) => (
        <ProposalBanner key={view.proposal.id} view={view} />
      ))}
      {clusters.data.length === 0 ? <NoClusters /> : <ClusterCards clusters={clusters.data} />}
    </div>
  );
}

function ClusterCards({ clusters }: { readonly clusters: readonly ClusterView[] }) {
  const [wanted, setWanted] = useState('');
  const found = clusters.filter((cluster) => cluster.id.includes(wanted.trim().toLowerCase()));
  return (
    <section className="stack" aria-labelledby="clusters">
      <h2 id="clusters">{plural(clusters.length, 'cluster')}</h2>
      {clusters.length > 3 && (
        <label>
          Find a cluster (press / anywhere)
          <input id={FIND_FIELD} type="search" value={wanted} onChange={(event) => setWanted(event.target.value)} />
        </label>
      )}
      {found.length === 0 && <p className="soft">No cluster’s name contains “{wanted}”.</p>}
      <ul className="clusters">
        {found.toSorted(byTrouble).map((cluster) => (
          <li key={cluster.id}>
            <ClusterCard cluster={cluster} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function ClusterCard({ cluster }: { readonly cluster: ClusterView }) {
  const nowMs = useNow();
  const { assessment, writes } = cluster;
  return (
    <article className="card stack cluster-card">
      <div className="stack tight">
        <div className="row between">
          <h3>
            <Link href={`/clusters/${cluster.id}`}>{cluster.id}</Link>
          </h3>
          <EnvironmentTag environment={cluster.environment} />
        </div>
        <p>
          <Mark mark={markOfVerdict(assessment.verdict)} />
        </p>
        <p>{assessment.headline}</p>
      </div>
      <TopologyNow cluster={cluster} />
      <p className="xs soft">
        {writes === undefined
          ? 'no canary reports writes'
          : `${writes.succeeded} writes acknowledged, ${writes.failed} failed, ${formatAge(writes.atMs, nowMs)}`}
        {assessment.suspectedSinceMs !== undefined &&
          ` · suspected for ${formatSpan(nowMs - assessment.suspectedSinceMs)}`}
      </p>
    </article>
  );
}

function NoClusters() {
  return (
    <Empty title="No cluster is guarded yet">
      <p>
        Each Postgres set that Petrov watches will stand here with its answer in a sentence. Next step: name one in the
        controller’s configuration, or run <code>petrov up</code> to watch a sandbox of three servers.
      </p>
    </Empty>
  );
}

function FleetFailure({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  return (
    <div className="stack">
      <PageHead title="The fleet can't be shown." />
      <Failure error={error} onRetry={onRetry} />
    </div>
  );
}

function headlineOf(clusters: readonly ClusterView[], asked: readonly ProposalView[]): string {
  if (asked.length === 1) return 'One decision waits for a person.';
  if (asked.length > 1) return `${asked.length} decisions wait for a person.`;
  if (clusters.length === 0) return 'Nothing is watched yet.';
  const troubled = clusters.filter((cluster) => cluster.assessment.verdict !== 'healthy');
  if (troubled.length === 0) return 'Nothing needs a person.';
  const [first] = troubled;
  return troubled.length === 1 && first !== undefined
    ? `Nothing to decide; ${first.id} is worth a look.`
    : `Nothing to decide; ${troubled.length} clusters are worth a look.`;
}

function leadOf(clusters: readonly ClusterView[], asked: readonly ProposalView[]): { lead?: string } {
  if (asked.length > 0) return { lead: 'Nothing is promoted until somebody answers.' };
  const healthy = clusters.filter((cluster) => cluster.assessment.verdict === 'healthy').length;
  if (clusters.length === 0) return {};
  return {
    lead:
      healthy === clusters.length
        ? 'Every source that watches agrees.'
        : `${healthy} of ${clusters.length} are healthy.`,
  };
}

function byTrouble(one: ClusterView, other: ClusterView): number {
  return weight(one) - weight(other) || one.id.localeCompare(other.id);
}

function weight(cluster: ClusterView): number {
  if (cluster.proposal !== undefined) return 0;
  return cluster.assessment.verdict === 'healthy' ? 2 : 1;
}
