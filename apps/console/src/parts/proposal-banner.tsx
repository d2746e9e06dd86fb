// A question that is open, or a run that is under way, as a prominent way to its page.
import type { ProposalView } from '@petrov/core/wire';
import { Link } from 'wouter';
import { useNow } from '../api/context.ts';
import { capitalize, formatSpan, needsPerson, stateMarks, wordsOf } from '../words/index.ts';
import { EnvironmentTag, Mark } from './mark.tsx';

type Props = {
  readonly view: ProposalView;
  /** On the cluster's own page its name and headline stand beneath anyway. */
  readonly isAtCluster?: boolean;
};

export function ProposalBanner({ view, isAtCluster = false }: Props) {
  const nowMs = useNow();
  const { proposal } = view;
  const isAsked = needsPerson(proposal.state);
  return (
    <section className={isAsked ? 'banner' : 'banner running'} aria-label="Proposal">
      <div className="stack tight">
        {!isAtCluster && (
          <div className="row s">
            <EnvironmentTag environment={proposal.environment} />
            <span>{proposal.cluster}</span>
            <Mark mark={stateMarks[proposal.state]} />
          </div>
        )}
        <p>
          <strong>{questionOf(view)}</strong> {isAsked && !isAtCluster && proposal.revision.assessment.headline}
        </p>
        <p className="s soft">
          {proposal.request === undefined
            ? `Down for ${formatSpan(nowMs - view.outageSinceMs)}.`
            : `Asked for by ${proposal.request.by.name}, ${formatSpan(nowMs - view.outageSinceMs)} ago.`}
        </p>
      </div>
      <Link className="button" href={`/proposals/${proposal.id}`}>
        {isAsked ? 'Look at the evidence' : 'Follow the run'}
      </Link>
    </section>
  );
}

function questionOf({ proposal }: ProposalView): string {
  const words = wordsOf(proposal.revision.plan);
  if (proposal.state === 'open') return words.question;
  if (proposal.state === 'stuck') return `${capitalize(words.name)} is stuck.`;
  return words.doing;
}
