// The question, as one page: what is broken, who says so and who otherwise, what would run and cost, and three answers.
// Stopping is at the thumb; promoting is alone, last and named.
import type { ProposalView } from '@petrov/core/wire';
import { useState } from 'react';
import { useConnections, useLiveState, useNow } from '../../api/context.ts';
import { useCluster, useSession } from '../../api/queries.ts';
import { CandidateTable } from '../../parts/candidate-table.tsx';
import { EvidenceSide } from '../../parts/evidence.tsx';
import { EnvironmentTag } from '../../parts/mark.tsx';
import { PageHead } from '../../parts/page.tsx';
import { PlanSteps } from '../../parts/plan-steps.tsx';
import { StillWrites } from '../../parts/still-writes.tsx';
import { seenNow, wordsOf } from '../../words/index.ts';
import { AnswerBar } from './answer-bar.tsx';
import { BeforeAfter } from './before-after.tsx';
import { Costs } from './costs.tsx';
import { HeldNote, RevisionNotice } from './notes.tsx';
import { PromoteForm } from './promote-form.tsx';
import { StatusStrip } from './status-strip.tsx';
import { TwoPeople } from './two-people.tsx';
import { useDecision } from './use-decision.ts';
import { usePinnedRevision } from './use-pinned-revision.ts';

export function OpenDecision({ view }: { readonly view: ProposalView }) {
  const { clock } = useConnections();
  const nowMs = useNow();
  const live = useLiveState();
  const cluster = useCluster(view.proposal.cluster);
  const me = useSession().data?.user.id ?? '';
  const pinned = usePinnedRevision(view);
  const decision = useDecision(view.proposal.id);
  const [openedAtMs] = useState(() => clock.nowMs());
  const [rawOpened, setRawOpened] = useState(0);
  const { revision } = pinned;
  const { assessment, plan } = revision;
  const words = wordsOf(plan);
  const situation = {
    view,
    me,
    live,
    isFrozen: pinned.isFrozen,
    isSending: decision.isPending,
    viewAgeMs: Math.max(0, nowMs - view.nowMs),
  };
  const displayed = { openedAtMs, rawOpened };
  // What a planned change rests on isn't what the cluster is judged by: it's told anew with each revision.
  const newest = view.proposal.request === undefined ? cluster.data?.assessment : undefined;
  const side = (which: 'for' | 'against' | 'unknown') => (
    <EvidenceSide
      side={which}
      verdict={assessment.verdict}
      items={seenNow(assessment[which], newest, pinned.known)}
      lookedIn={assessment.lookedIn}
      nowMs={nowMs}
      onOpenRaw={() => setRawOpened((count) => count + 1)}
    />
  );
  return (
    <div className="decision">
      <RevisionNotice pinned={pinned} newest={view.proposal.revision.number} />
      <PageHead
        title={words.question}
        tab={`${words.question} ${view.proposal.cluster}`}
        where={
          <>
            <EnvironmentTag environment={view.proposal.environment} />
            <span>
              {view.proposal.cluster} · revision {revision.number}
            </span>
          </>
        }
        lead={
          <>
            <strong>{assessment.headline}</strong> {assessment.explanation}
          </>
        }
      />
      <StatusStrip view={view} nowMs={nowMs} />
      <p className="s">{words.ifNobody}</p>
      <StillWrites question={words.stillWrites} says={plan.fence.says} />
      <TwoPeople approvals={view.approvals} me={me} />
      <HeldNote view={view} nowMs={nowMs} />
      <div className="weigh">
        <div className="stack">
          {side('for')}
          {side('against')}
          {side('unknown')}
          {cluster.data !== undefined && <BeforeAfter cluster={cluster.data} plan={plan} />}
        </div>
        <div className="stack">
          <Costs view={view} plan={plan} />
          {plan.ranking.length > 0 && (
            <section className="card stack">
              <h2>Who could take over</h2>
              <CandidateTable rows={plan.ranking} />
            </section>
          )}
          <section className="card stack">
            <h2>What will run</h2>
            <PlanSteps plan={plan} />
          </section>
        </div>
      </div>
      <PromoteForm pinned={pinned} situation={situation} displayed={displayed} decision={decision} />
      <AnswerBar pinned={pinned} situation={situation} displayed={displayed} decision={decision} />
    </div>
  );
}
