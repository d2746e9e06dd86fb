// How far this process saw the record grow. Whoever owns the database can cut its end off together with the checkpoints that
// signed it, and what is left fits; not what was seen here. Outlives no restart: an export kept elsewhere does.
import type { ChainAnswer } from '@petrov/core/audit';
import type { AuditEntryView } from '@petrov/core/wire';

type Seen = Pick<AuditEntryView, 'seq' | 'hash'>;

export type HeadMemory = {
  /** An entry whose transaction committed. */
  readonly note: (entry: Seen) => void;
  readonly newest: () => Seen | undefined;
};

export function createHeadMemory(): HeadMemory {
  let newest: Seen | undefined;
  return {
    note: ({ seq, hash }) => {
      if (newest === undefined || seq > newest.seq) newest = { seq, hash };
    },
    newest: () => newest,
  };
}

/** `seen` is from before the record was read; `head` is its last entry as read. */
export function compareWithSeen(answer: ChainAnswer, head: Seen, seen: Seen | undefined): ChainAnswer {
  const isCut = seen !== undefined && (head.seq < seen.seq || (head.seq === seen.seq && head.hash !== seen.hash));
  if (!answer.ok || !isCut) return answer;
  const seq = Math.min(head.seq + 1, seen.seq);
  const says = `This controller wrote entry ${seen.seq}, and the record ends with ${head.seq}: its end was cut off or replaced, with the checkpoints that signed it.`;
  return { ok: false, entries: answer.entries, says, firstBad: { seq, check: 'tail-cut', says } };
}
