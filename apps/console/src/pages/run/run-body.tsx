// Where the promotion stands: each step live with the time it took, the moment service came back, and, when it stopped,
// what is known, what is safe, and the two ways on.
import type { ProposalView, RunView } from '@petrov/core/wire';
import { Link } from 'wouter';
import { useNow } from '../../api/context.ts';
import { EnvironmentTag } from '../../parts/mark.tsx';
import { PageHead } from '../../parts/page.tsx';
import { capitalize, formatClock, formatTook, wordsOf } from '../../words/index.ts';
import { GiveUpPanel } from './give-up-panel.tsx';
import { StuckPanel } from './stuck-panel.tsx';
import { RunSteps } from './run-steps.tsx';
import '../../styles/run.css';

type Props = { readonly run: RunView; readonly proposal: ProposalView | undefined };

export function RunBody({ run, proposal }: Props) {
  const nowMs = useNow();
  return (
    <div className="run stack wide">
      <PageHead
        title={titleOf(run)}
        where={
          <>
            {proposal !== undefined && <EnvironmentTag environment={proposal.proposal.environment} />}
            <Link href={`/clusters/${run.cluster}`}>{run.cluster}</Link>
            <span>approved {formatClock(run.approvedAtMs)}</span>
          </>
        }
        lead={run.says}
      />
      <ServiceBack run={run} proposal={proposal} />
      {run.state === 'stuck' && <StuckPanel run={run} proposal={proposal} />}
      <section className="card stack" aria-labelledby="steps">
        <h2 id="steps">Steps</h2>
        <RunSteps run={run} nowMs={nowMs} />
      </section>
      {run.state === 'running' && run.canAbandon && proposal !== undefined && (
        <GiveUpPanel run={run} proposal={proposal} />
      )}
      <Approval proposal={proposal} />
      <p className="s soft">
        Everything here stands on the <Link href="/record">record</Link>.
      </p>
    </div>
  );
}

function ServiceBack({ run, proposal }: Props) {
  const backAtMs = serviceBackAtMs(run);
  if (backAtMs === undefined || run.plan.kind === 'rejoin') return null;
  const isPlanned = run.plan.kind !== 'failover';
  const outage = proposal === undefined || isPlanned ? undefined : formatTook(backAtMs - proposal.outageSinceMs);
  return (
    <p className="service-back" role="status">
      <span>
        <span aria-hidden="true">● </span>
        <strong>Service is back</strong>, {formatTook(backAtMs - run.approvedAtMs)} after the approval
        {outage !== undefined && `; writes were down for ${outage}`}.
      </span>
    </p>
  );
}

function Approval({ proposal }: { readonly proposal: ProposalView | undefined }) {
  if (proposal === undefined || !('approval' in proposal.proposal)) return null;
  const { approval, firstApproval } = proposal.proposal;
  const { actor, reason, revision, displayed } = approval;
  const { assessment } = proposal.proposal.revision;
  const decisive = [...assessment.for, ...assessment.against, ...assessment.unknown].find(
    (item) => item.id === displayed.decisiveItem,
  );
  return (
    <section className="card stack tight">
      <h2>Who decided</h2>
      <p>
        <strong>{actor.name}</strong> approved revision {revision}: “{reason}”
      </p>
      {firstApproval !== undefined && (
        <p>
          <strong>{firstApproval.actor.name}</strong> approved it as the first of two: “{firstApproval.reason}”
        </p>
      )}
      {decisive !== undefined && <p className="s soft">Decided by: {decisive.says}</p>}
    </section>
  );
}

/** The last step that isn't a follow-up has ended. */
export function serviceBackAtMs(run: RunView): number | undefined {
  const last = run.steps.findLast((one) => !one.step.isFollowUp);
  return last?.state === 'done' ? last.endedAtMs : undefined;
}

function titleOf(run: RunView): string {
  const { candidate } = run.plan;
  const words = wordsOf(run.plan);
  switch (run.state) {
    case 'running':
      return words.doing;
    case 'promoted':
      return `${candidate} takes writes; the rest is following.`;
    case 'succeeded':
      return words.done;
    case 'stuck':
      return `${capitalize(words.name)} stopped and needs a person.`;
    case 'abandoned':
      return `${capitalize(words.name)} was abandoned.`;
    case 'failed':
      return `${capitalize(words.name)} failed.`;
    case 'superseded':
      return `${capitalize(words.name)} is over: something else took its place.`;
    default:
      return run.state satisfies never;
  }
}
