// One line on top of pages that are about something else: a decision waits. Never on the decision itself.
import { Link, useLocation } from 'wouter';
import { useProposals } from '../api/queries.ts';
import { needsPerson, wordsOf } from '../words/index.ts';

export function NeedsPersonStrip() {
  const [path] = useLocation();
  const proposals = useProposals();
  const isShownThere =
    path === '/' || path.startsWith('/proposals') || path.startsWith('/clusters/') || path.startsWith('/runs/');
  const asked = (proposals.data ?? []).find((view) => needsPerson(view.proposal.state));
  if (isShownThere || asked === undefined) return null;
  const { id, state, cluster, revision } = asked.proposal;
  return (
    <aside className="strip" aria-label="A decision waits">
      <span>
        <span aria-hidden="true">▲ </span>
        {state === 'stuck' ? `A run in ${cluster} is stuck.` : `A decision waits: ${wordsOf(revision.plan).question}`}
      </span>
      <Link href={`/proposals/${id}`}>Open it</Link>
    </aside>
  );
}
