// Stopping, at the thumb: reject a false alarm, or wait and re-measure. Waiting has the default focus and takes one tap;
// rejecting asks why first. Neither ever stands where promoting does.
import { useEffect, useRef, useState } from 'react';
import { messageOf } from '../../api/client.ts';
import { wordsOf } from '../../words/index.ts';
import { RejectDialog } from './reject-dialog.tsx';
import { whyNot } from './may-answer.ts';
import type { AnswerProps } from './promote-form.tsx';

const HOLD_MS = 60_000;

export function AnswerBar({ pinned, situation, displayed, decision }: AnswerProps) {
  const wait = useRef<HTMLButtonElement>(null);
  const [isRejecting, setRejecting] = useState(false);
  useEffect(() => wait.current?.focus({ preventScroll: true }), []);
  const { revision } = pinned;
  const words = wordsOf(revision.plan);
  const noReject = whyNot('reject', situation);
  const noHold = whyNot('hold', situation);
  const hold = () =>
    decision.mutate({ decision: 'hold', revision, reason: 'Wait and re-measure', displayed, holdForMs: HOLD_MS });
  const reject = (reason: string) =>
    decision.mutate({ decision: 'reject', revision, reason, displayed }, { onSettled: () => setRejecting(false) });
  return (
    <footer className="answer-bar" aria-label="Answers that stop">
      {(noReject ?? noHold) !== undefined && <p className="xs">{noReject ?? noHold}</p>}
      <p className="xs" role="status">
        {decision.data?.says}
      </p>
      {decision.isError && decision.variables.decision !== 'approve' && (
        <p className="xs" role="alert">
          {messageOf(decision.error)}
        </p>
      )}
      <div className="answers">
        <button type="button" disabled={noReject !== undefined} onClick={() => setRejecting(true)}>
          {words.rejectLabel}
        </button>
        <button type="button" ref={wait} className="default" disabled={noHold !== undefined} onClick={hold}>
          Wait, re-measure
        </button>
      </div>
      {isRejecting && (
        <RejectDialog words={words} forbidden={noReject} onReject={reject} onClose={() => setRejecting(false)} />
      )}
    </footer>
  );
}
