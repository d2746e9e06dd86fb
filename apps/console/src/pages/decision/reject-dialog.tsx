// Why is it a false alarm? The first button keeps looking; rejecting needs a reason, in one tap if one fits.
import { useEffect, useRef, useState } from 'react';
import type { PlanWords } from '../../words/index.ts';
import { ReasonField } from './reason-field.tsx';

type Props = {
  readonly words: PlanWords;
  readonly forbidden: string | undefined;
  readonly onReject: (reason: string) => void;
  readonly onClose: () => void;
};

export function RejectDialog({ words, forbidden, onReject, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const isReady = reason.trim().length >= 3;
  return (
    <dialog ref={dialog} aria-labelledby="reject-title" onClose={onClose}>
      <div className="stack">
        <h2 id="reject-title">{words.rejectTitle}</h2>
        <p className="s soft">{words.rejectSays}</p>
        <ReasonField label="Why, for the record" value={reason} onChange={setReason} suggestions={words.refusals} />
        {forbidden !== undefined && <p className="s">{forbidden}</p>}
        <div className="answers">
          <button type="button" onClick={() => dialog.current?.close()}>
            Keep looking
          </button>
          <button
            type="button"
            className="act"
            disabled={!isReady || forbidden !== undefined}
            onClick={() => onReject(reason)}
          >
            Reject it
          </button>
        </div>
      </div>
    </dialog>
  );
}
