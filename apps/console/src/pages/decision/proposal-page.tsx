// One proposal through its whole life: the question while it can be answered, the run once it's approved, the end after.
import type { ProposalView } from '@petrov/core/wire';
import { useEffect, useRef } from 'react';
import { Failure, Waiting } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page.tsx';
import { useProposal, useRun } from '../../api/queries.ts';
import { RunBody } from '../run/run-body.tsx';
import { EndedProposal } from './ended-proposal.tsx';
import { OpenDecision } from './open-decision.tsx';
import '../../styles/decision.css';

export function ProposalPage({ id }: { readonly id: string }) {
  const proposal = useProposal(id);
  useTopWhenAnswered(proposal.data);
  if (proposal.isPending) return <Waiting what="the proposal" />;
  if (proposal.isError && proposal.data === undefined) {
    return (
      <div className="stack">
        <PageHead title="This proposal can't be shown." />
        <Failure error={proposal.error} onRetry={() => void proposal.refetch()} />
      </div>
    );
  }
  const view = proposal.data;
  if (view.proposal.state === 'open') return <OpenDecision view={view} />;
  const run = 'run' in view.proposal ? view.proposal.run : view.run;
  if (run !== undefined) return <RunOf id={run} view={view} />;
  return <EndedProposal view={view} />;
}

/** Once the question is no longer open this is another page: it begins at its top, with the keyboard in it. */
function useTopWhenAnswered(view: ProposalView | undefined): void {
  const wasOpen = useRef(false);
  const isOpen = view?.proposal.state === 'open';
  useEffect(() => {
    if (wasOpen.current && !isOpen) {
      window.scrollTo(0, 0);
      document.getElementById('main')?.focus({ preventScroll: true });
    }
    wasOpen.current = isOpen;
  }, [isOpen]);
}

function RunOf({ id, view }: { readonly id: string; readonly view: ProposalView }) {
  const run = useRun(id);
  if (run.data !== undefined) return <RunBody run={run.data} proposal={view} />;
  if (run.isError) return <Failure error={run.error} onRetry={() => void run.refetch()} />;
  return <Waiting what="the run" />;
}
