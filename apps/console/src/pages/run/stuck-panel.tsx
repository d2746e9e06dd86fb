// A run that stopped: resume it, abandon it, or leave its fence for another, each with what it means and a reason. Nothing goes on by itself.
import type { ProposalView, RunView } from '@petrov/core/wire';
import { useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { useLiveState } from '../../api/context.ts';
import { wordsOf } from '../../words/index.ts';
import { ReasonField } from '../decision/reason-field.tsx';
import { whyNot } from '../decision/may-answer.ts';
import { useDecision } from '../decision/use-decision.ts';

type Props = { readonly run: RunView; readonly proposal: ProposalView | undefined };
const suggestions = ['Looked into it: it may go on', 'The primary is back', 'Taking over by hand'];

export function StuckPanel({ run, proposal }: Props) {
  const decision = useDecision(run.proposal);
  const live = useLiveState();
  const [reason, setReason] = useState('');
  if (proposal === undefined) return null;
  const situation = { view: proposal, live, isFrozen: false, isSending: decision.isPending, viewAgeMs: 0 };
  const { revision } = proposal.proposal;
  const hasReason = reason.trim().length >= 3;
  const answer = (kind: 'resume' | 'abandon' | 'refence') => () =>
    decision.mutate({ decision: kind, revision, reason });
  const noResume = run.canResume ? whyNot('resume', situation) : 'It can’t be resumed from where it stands.';
  const noAbandon = run.canAbandon ? whyNot('abandon', situation) : 'It can’t be abandoned any more.';
  const isAtFence = whyNot('refence', situation) === undefined;
  const stopped = run.journal.findLast((event) => event.type === 'stopped');
  return (
    <section className="notice stack" aria-labelledby="stuck">
      <h2 id="stuck">It goes no further without you</h2>
      {stopped !== undefined && <p>{stopped.says}</p>}
      <ReasonField label="Why, for the record" value={reason} onChange={setReason} suggestions={suggestions} />
      <div className="stuck-ways">
        <div className="stack tight">
          <button type="button" disabled={noResume !== undefined || !hasReason} onClick={answer('resume')}>
            Resume the run
          </button>
          <p className="xs soft">{noResume ?? 'Looks again first, then goes on with the same plan.'}</p>
        </div>
        <div className="stack tight">
          <button type="button" disabled={noAbandon !== undefined || !hasReason} onClick={answer('abandon')}>
            Abandon the run
          </button>
          <p className="xs soft">{noAbandon ?? wordsOf(run.plan).abandonSays}</p>
        </div>
        {isAtFence && (
          <div className="stack tight">
            <button type="button" disabled={!hasReason} onClick={answer('refence')}>
              Ask for another fence
            </button>
            <p className="xs soft">
              Ends this run, promotes nothing. The next question passes over this fence; where no other is left, it
              takes two people. What this one may have done to {run.plan.primary} stays.
            </p>
          </div>
        )}
      </div>
      {!hasReason && <p className="xs soft">Each needs a reason first.</p>}
      {decision.isError && (
        <p role="alert" className="s refused">
          {messageOf(decision.error)}
        </p>
      )}
    </section>
  );
}
