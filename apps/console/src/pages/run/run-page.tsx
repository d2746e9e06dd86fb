// A run by its own address; the same page as its proposal shows after the approval.
import { Failure, Waiting } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page.tsx';
import { useProposal, useRun } from '../../api/queries.ts';
import { RunBody } from './run-body.tsx';
import '../../styles/decision.css';

export function RunPage({ id }: { readonly id: string }) {
  const run = useRun(id);
  if (run.isPending) return <Waiting what="the run" />;
  if (run.data === undefined) {
    return (
      <div className="stack">
        <PageHead title="This run can't be shown." />
        <Failure error={run.error} onRetry={() => void run.refetch()} />
      </div>
    );
  }
  return <RunWithProposal run={run.data} />;
}

function RunWithProposal({ run }: { readonly run: React.ComponentProps<typeof RunBody>['run'] }) {
  const proposal = useProposal(run.proposal);
  return <RunBody run={run} proposal={proposal.data} />;
}
