// Every question Petrov has asked: those that wait first, then how the others ended.
import type { ProposalView } from '@petrov/core/wire';
import { Link } from 'wouter';
import { useProposals } from '../../api/queries.ts';
import { EnvironmentTag, Mark } from '../../parts/mark.tsx';
import { Empty, Failure, Waiting } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page.tsx';
import { ProposalBanner } from '../../parts/proposal-banner.tsx';
import '../../styles/record.css';
import { formatMoment, formatSpan, isUnderWay, plural, stateMarks, wordsOf } from '../../words/index.ts';

export function ProposalsPage() {
  const proposals = useProposals();
  if (proposals.isPending) return <Waiting what="the proposals" />;
  if (proposals.isError) {
    return (
      <div className="stack">
        <PageHead title="The proposals can't be shown." />
        <Failure error={proposals.error} onRetry={() => void proposals.refetch()} />
      </div>
    );
  }
  const underWay = proposals.data.filter((view) => isUnderWay(view.proposal.state));
  const ended = proposals.data.filter((view) => !isUnderWay(view.proposal.state));
  return (
    <div className="stack wide">
      <PageHead title={headlineOf(underWay.length, ended.length)} tab="Proposals" />
      {underWay.map((view) => (
        <ProposalBanner key={view.proposal.id} view={view} />
      ))}
      {proposals.data.length === 0 && (
        <Empty title="That is good news">
          <p>
            When witnesses in several zones and another kind of source agree that a primary is gone, the question stands
            here with its evidence and plan. Nothing happens before somebody answers it.
          </p>
        </Empty>
      )}
      {ended.length > 0 && (
        <section className="stack" aria-labelledby="before">
          <h2 id="before">Before</h2>
          <ul className="entries card">
            {ended
              .toSorted((one, other) => other.proposal.openedAtMs - one.proposal.openedAtMs)
              .map((view) => (
                <EndedRow key={view.proposal.id} view={view} />
              ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function EndedRow({ view }: { readonly view: ProposalView }) {
  const { proposal } = view;
  return (
    <li className="stack tight">
      <div className="row between">
        <span className="row">
          <Link href={`/proposals/${proposal.id}`}>
            {wordsOf(proposal.revision.plan).question} {proposal.cluster}
          </Link>
          <Mark mark={stateMarks[proposal.state]} />
        </span>
        <EnvironmentTag environment={proposal.environment} />
      </div>
      {'because' in proposal && <p className="s">{proposal.because}</p>}
      <p className="xs soft">
        asked {formatMoment(proposal.openedAtMs)}
        {'endedAtMs' in proposal && `, closed after ${formatSpan(proposal.endedAtMs - proposal.openedAtMs)}`}
      </p>
    </li>
  );
}

function headlineOf(underWay: number, ended: number): string {
  if (underWay > 0) return underWay === 1 ? 'One proposal is under way.' : `${underWay} proposals are under way.`;
  if (ended === 0) return 'Nothing was ever proposed.';
  return `Nothing is asked now; ${plural(ended, 'proposal was', 'proposals were')} asked before.`;
}
