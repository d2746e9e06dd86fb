// A run that goes on and may be given up all the same: a rejoin, which may take hours and promotes nobody.
import type { ProposalView, RunView } from '@petrov/core/wire';
import { useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { useLiveState } from '../../api/context.ts';
import { whyNot } from '../decision/may-answer.ts';
import { ReasonField } from '../decision/reason-field.tsx';
import { useDecision } from '../decision/use-decision.ts';

type Props = { readonly run: RunView; readonly proposal: ProposalView };
const suggestions = ['It takes too long', 'Its host is gone', 'Another change is more urgent'];

export function GiveUpPanel({ run, proposal }: Props) {
  const decision = useDecision(run.proposal);
  const live = useLiveState();
  const [reason, setReason] = useState('');
  const situation = { view: proposal, live, isFrozen: false, isSending: decision.isPending, viewAgeMs: 0 };
  const { revision } = proposal.proposal;
  const noAbandon = whyNot('abandon', situation);
  const hasReason = reason.trim().length >= 3;
  return (
    <details className="card stack tight">
      <summary>Give it up</summary>
      <ReasonField label="Why, for the record" value={reason} onChange={setReason} suggestions={suggestions} />
      <button
        type="button"
        disabled={noAbandon !== undefined || !hasReason}
        onClick={() => decision.mutate({ decision: 'abandon', revision, reason })}
      >
        Abandon the run
      </button>
      <p className="xs soft">{noAbandon ?? run.abandonSays}</p>
      {decision.isError && (
        <p role="alert" className="s refused">
          {messageOf(decision.error)}
        </p>
      )}
    </details>
  );
}
