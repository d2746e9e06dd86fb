// Is this cluster all right, and how do we know? The verdict in a sentence, what it rests on, and everything measured.
import type { ClusterView, Session } from '@petrov/core/wire';
import { useNow } from '../../api/context.ts';
import { useCluster, useHistory, useProposal } from '../../api/queries.ts';
import { TopologyNow } from '../../parts/cluster-topology.tsx';
import { EvidenceSide } from '../../parts/evidence.tsx';
import { EnvironmentTag, Mark } from '../../parts/mark.tsx';
import { MembersTable } from '../../parts/members-table.tsx';
import { Failure, Waiting } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page.tsx';
import { ProposalBanner } from '../../parts/proposal-banner.tsx';
import { ReachMatrix } from '../../parts/reach-matrix.tsx';
import { VerdictBand } from '../../parts/verdict-band.tsx';
import { Writes } from '../../parts/writes.tsx';
import { formatAge, markOfVerdict, plural } from '../../words/index.ts';
import { FaultPanel } from '../sandbox/fault-panel.tsx';
import { ClusterFigures } from './cluster-figures.tsx';
import { PlannedChange } from './planned-change.tsx';
import { IfItCameToIt } from './if-it-came-to-it.tsx';
import { ReadinessPanel } from './readiness-panel.tsx';

type Props = { readonly id: string; readonly session: Session };

export function ClusterPage({ id, session }: Props) {
  const nowMs = useNow();
  const cluster = useCluster(id);
  if (cluster.isPending) return <Waiting what={id} />;
  if (cluster.isError) {
    return (
      <div className="stack">
        <PageHead title={`${id} can't be shown.`} />
        <Failure error={cluster.error} onRetry={() => void cluster.refetch()} />
      </div>
    );
  }
  const view = cluster.data;
  const { assessment } = view;
  return (
    <div className="stack wide">
      {view.proposal !== undefined && <OpenProposal id={view.proposal.id} />}
      <PageHead title={assessment.headline} tab={id} where={<Where view={view} />} lead={assessment.explanation} />
      <ClusterFigures cluster={view} nowMs={nowMs} />
      <section className="stack" aria-labelledby="rests-on">
        <h2 id="rests-on">What this rests on, as of {formatAge(assessment.atMs, nowMs)}</h2>
        <div className="three">
          {(['for', 'against', 'unknown'] as const).map((side) => (
            <EvidenceSide
              key={side}
              side={side}
              verdict={assessment.verdict}
              items={assessment[side]}
              lookedIn={assessment.lookedIn}
              nowMs={nowMs}
            />
          ))}
        </div>
      </section>
      <div className="columns">
        <Card title="Who reaches whom">
          <ReachMatrix cluster={view} nowMs={nowMs} />
        </Card>
        <Card title="Who feeds whom">
          <TopologyNow cluster={view} />
          <MembersTable cluster={view} />
        </Card>
      </div>
      <OverTime view={view} nowMs={nowMs} />
      <IfItCameToIt cluster={view} />
      <PlannedChange cluster={view} role={session.user.role} />
      <ReadinessPanel cluster={id} nowMs={nowMs} />
      {session.hasSandbox && (
        <section className="stack" aria-labelledby="break">
          <h2 id="break">Break something, it’s a sandbox</h2>
          <FaultPanel role={session.user.role} />
        </section>
      )}
    </div>
  );
}

function Where({ view }: { readonly view: ClusterView }) {
  const zones = [...new Set(view.members.map((member) => member.zone))].toSorted();
  const standbys = view.members.filter((member) => member.id !== view.primary).length;
  return (
    <>
      <EnvironmentTag environment={view.environment} />
      <strong>{view.id}</strong>
      <Mark mark={markOfVerdict(view.assessment.verdict)} />
      <span>
        {view.postgresVersion !== undefined && `Postgres ${view.postgresVersion} · `}
        {plural(standbys, 'standby', 'standbys')} · zones {zones.join(', ')}
      </span>
    </>
  );
}

function OpenProposal({ id }: { readonly id: string }) {
  const proposal = useProposal(id);
  return proposal.data === undefined ? null : <ProposalBanner view={proposal.data} isAtCluster />;
}

function OverTime({ view, nowMs }: { readonly view: ClusterView; readonly nowMs: number }) {
  const history = useHistory(view.id);
  if (history.isPending) return <Waiting what="the last ten minutes" />;
  if (history.isError) return <Failure error={history.error} />;
  return (
    <div className="columns">
      <Card title="Client writes, last 10 minutes">
        <Writes history={history.data} newest={view.writes} nowMs={nowMs} />
      </Card>
      <Card title="Judgment, last 10 minutes">
        <VerdictBand history={history.data} nowMs={nowMs} />
      </Card>
    </div>
  );
}

function Card({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section className="card stack">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
