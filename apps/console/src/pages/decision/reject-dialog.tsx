// Why is it a false alarm? The first button keeps looking; rejecting needs a reason, in one tap if one fits.
import { useEffect, useRef, useState } from 'react';
import { ReasonField } from './reason-field.tsx';

type Props = {
  readonly cluster: string;
  readonly forbidden: string | undefined;
  readonly onReject: (reason: string) => void;
  readonly onClose: () => void;
};

const suggestions = ['Planned work', 'Only our view is broken', 'It is coming back by itself'];

export function RejectDialog({ cluster, forbidden, onReject, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [reason, setReason] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const isReady = reason.trim().length >= 3;
  return (
    <dialog ref={dialog} aria-labelledby="reject-title" onClose={onClose}>
      <div className="stack">
        <h2 id="reject-title">Why is this a false alarm?</h2>
        <p className="s soft">
          Nothing is promoted in {cluster}. The same case stays quiet until a new fact appears; then you are asked
          again.
        </p>
        <ReasonField label="Why, for the record" value={reason} onChange={setReason} suggestions={suggestions} />
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
