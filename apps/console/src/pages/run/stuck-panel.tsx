// A run that stopped: what is known of it, what is safe, and each way on with what it does, in the engine's own words. Nothing goes on by itself.
import type { ProposalView, RunView } from '@petrov/core/wire';
import { useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { useLiveState } from '../../api/context.ts';
import { ReasonField } from '../decision/reason-field.tsx';
import { whyNot } from '../decision/may-answer.ts';
import { useDecision } from '../decision/use-decision.ts';

type Props = { readonly run: RunView; readonly proposal: ProposalView | undefined };
const suggestions = ['Looked into it: it may go on', 'The primary is back', 'Another standby or fence is needed'];

export function StuckPanel({ run, proposal }: Props) {
  const decision = useDecision(run.proposal);
  const live = useLiveState();
  const [reason, setReason] = useState('');
  const { stuck } = run;
  if (proposal === undefined || stuck === undefined) return null;
  const situation = { view: proposal, live, isFrozen: false, isSending: decision.isPending, viewAgeMs: 0 };
  const { revision } = proposal.proposal;
  const hasReason = reason.trim().length >= 3;
  const answer = (kind: 'resume' | 'abandon' | 'refence', leavesFence?: true) => () =>
    decision.mutate({ decision: kind, revision, reason, ...(leavesFence === undefined ? {} : { leavesFence }) });
  const ways = [
    { act: 'Resume the run', says: stuck.resume, no: whyNot('resume', situation), press: answer('resume') },
    { act: 'Abandon the run', says: stuck.giveUp, no: whyNot('abandon', situation), press: answer('abandon') },
    {
      act: 'Abandon it, leave the fence',
      says: stuck.leaveFence,
      no: whyNot('abandon', situation),
      press: answer('abandon', true),
    },
    { act: 'Ask for another fence', says: stuck.refence, no: whyNot('refence', situation), press: answer('refence') },
  ].filter(({ says }) => says !== undefined);
  return (
    <section className="notice stack" aria-labelledby="stuck">
      <h2 id="stuck">It goes no further without you</h2>
      <ul className="stack tight">
        {stuck.known.map((says) => (
          <li key={says}>{says}</li>
        ))}
      </ul>
      <p>{stuck.safe}</p>
      <ReasonField label="Why, for the record" value={reason} onChange={setReason} suggestions={suggestions} />
      <div className="stuck-ways">
        {ways.map(({ act, says, no, press }) => (
          <div key={act} className="stack tight">
            <button type="button" disabled={no !== undefined || !hasReason} onClick={press}>
              {act}
            </button>
            <p className="xs soft">{no ?? says}</p>
          </div>
        ))}
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
