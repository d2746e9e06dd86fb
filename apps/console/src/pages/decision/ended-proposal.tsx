// A proposal that no run followed: how it ended, why, and what it rested on then.
import type { Proposal } from '@petrov/core/proposal';
import type { ProposalView } from '@petrov/core/wire';
import { Link } from 'wouter';
import { EvidenceSide } from '../../parts/evidence.tsx';
import { EnvironmentTag, Mark } from '../../parts/mark.tsx';
import { PageHead } from '../../parts/page.tsx';
import { formatMoment, stateMarks, wordsOf } from '../../words/index.ts';

export function EndedProposal({ view }: { readonly view: ProposalView }) {
  const { proposal } = view;
  const { assessment } = proposal.revision;
  return (
    <div className="stack wide">
      <PageHead
        title={titleOf(proposal)}
        where={
          <>
            <EnvironmentTag environment={proposal.environment} />
            <Link href={`/clusters/${proposal.cluster}`}>{proposal.cluster}</Link>
            <Mark mark={stateMarks[proposal.state]} />
          </>
        }
        {...('because' in proposal ? { lead: proposal.because } : {})}
      />
      <p className="s soft">
        Asked {formatMoment(proposal.openedAtMs)}
        {'endedAtMs' in proposal ? `, ended ${formatMoment(proposal.endedAtMs)}. Nothing was changed by it.` : '.'}
      </p>
      {proposal.decisions.length > 0 && (
        <section className="card stack">
          <h2>What was answered</h2>
          <ul className="stack tight">
            {proposal.decisions.map((decision) => (
              <li key={decision.id} className="s">
                {formatMoment(decision.atMs)} · <strong>{decision.actor.name}</strong> answered “{decision.kind}”:{' '}
                {decision.reason}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="stack" aria-labelledby="then">
        <h2 id="then">The evidence as it stood then</h2>
        <p className="measure">{assessment.headline}</p>
        <div className="three">
          {(['for', 'against', 'unknown'] as const).map((side) => (
            <EvidenceSide
              key={side}
              side={side}
              verdict={assessment.verdict}
              items={assessment[side]}
              lookedIn={assessment.lookedIn}
              nowMs={proposal.revision.atMs}
            />
          ))}
        </div>
      </section>
    </div>
  );
}

function titleOf({ state, revision, cluster, request }: Proposal): string {
  const act = `${wordsOf(revision.plan).name} in ${cluster}`;
  if (state === 'approved')
    return `Approved: ${act}${request?.notBeforeMs === undefined ? ' starts now' : ` starts at ${formatMoment(request.notBeforeMs)}`}.`;
  if (state === 'rejected') return `A person refused ${act}.`;
  if (state === 'withdrawn') return `Petrov took back its question about ${act}.`;
  if (state === 'expired') return `Nobody answered about ${act}.`;
  if (state === 'superseded') return `Another question replaced ${act}.`;
  return `The question about ${act} is closed.`;
}
