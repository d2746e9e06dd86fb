// Is the record whole? A fold over entries and checkpoints in their order: it keeps one entry's worth of memory, stops at
// the first bad entry and names the check that failed in a sentence.
import { AuditEntry, EMPTY_HEAD, hashEntry, type HashText, type Head } from './entry.ts';
import { checkpointText, SignedCheckpoint, type VerifyText } from './checkpoint.ts';

export type BadEntry = {
  readonly seq: number;
  readonly check:
    | 'form'
    | 'sequence'
    | 'previous-hash'
    | 'content-hash'
    | 'checkpoint-form'
    | 'checkpoint-hash'
    | 'checkpoint-signature'
    | 'tail-cut'
    | 'tail-unsigned';
  readonly says: string;
};

export type ChainKit = {
  readonly hash: HashText;
  /** Absent: signatures can't be checked, and the answer says so. */
  readonly verify?: VerifyText | undefined;
  /** The record's name, as its checkpoints must give it. */
  readonly origin: string;
};

export type ChainCheck = {
  readonly head: Head;
  /** Of the newest good checkpoint. */
  readonly signedSeq: number;
  readonly checkpoints: number;
  readonly bad?: BadEntry;
};

export type ChainAnswer = {
  readonly ok: boolean;
  readonly entries: number;
  readonly says: string;
  readonly firstBad?: BadEntry;
};

export const EMPTY_CHECK: ChainCheck = { head: EMPTY_HEAD, signedSeq: 0, checkpoints: 0 };

/** Folds the next entry in. `raw` is what was found, unparsed. */
export function checkEntry(check: ChainCheck, raw: { entry: unknown; hash: unknown }, kit: ChainKit): ChainCheck {
  if (check.bad) return check;
  const seq = check.head.seq + 1;
  const found = (what: BadEntry['check'], says: string): ChainCheck => ({ ...check, bad: { seq, check: what, says } });
  const parsed = AuditEntry.safeParse(raw.entry);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return found('form', `Entry ${seq} isn't a well-formed entry: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  const entry = parsed.data;
  if (entry.seq !== seq) {
    return found(
      'sequence',
      `After entry ${seq - 1} entry ${seq} is due and ${entry.seq} stands there: ${gap(entry, seq)}.`,
    );
  }
  if (entry.prevHash !== check.head.hash) {
    return found(
      'previous-hash',
      seq === 1
        ? 'Entry 1 claims to continue an entry before it: the beginning of the record was cut off or replaced.'
        : `Entry ${seq} doesn't continue entry ${seq - 1} as it stands: one of the two was changed.`,
    );
  }
  if (hashEntry(entry, kit.hash) !== raw.hash) {
    return found(
      'content-hash',
      `Entry ${seq} (${entry.code}) was changed after it was written: its hash doesn't fit it.`,
    );
  }
  return { ...check, head: { seq, hash: raw.hash } };
}

/** Folds the next checkpoint in; it stands after the entry that it names. */
export function checkCheckpoint(check: ChainCheck, raw: unknown, kit: ChainKit): ChainCheck {
  if (check.bad) return check;
  const found = (seq: number, what: BadEntry['check'], says: string): ChainCheck => ({
    ...check,
    bad: { seq, check: what, says },
  });
  const parsed = SignedCheckpoint.safeParse(raw);
  if (!parsed.success)
    return found(check.head.seq, 'checkpoint-form', `A checkpoint after entry ${check.head.seq} can't be read.`);
  const { checkpoint, signature } = parsed.data;
  if (checkpoint.seq < check.signedSeq || checkpoint.origin !== kit.origin) {
    return found(
      check.head.seq,
      'checkpoint-form',
      `The checkpoint after entry ${check.head.seq} belongs to another place: it is of entry ${checkpoint.seq} of "${checkpoint.origin}".`,
    );
  }
  if (kit.verify && !kit.verify(checkpointText(checkpoint), signature)) {
    return found(
      checkpoint.seq,
      'checkpoint-signature',
      `The checkpoint of entry ${checkpoint.seq} isn't signed by the engine's key.`,
    );
  }
  if (checkpoint.seq > check.head.seq) {
    return found(
      check.head.seq + 1,
      'tail-cut',
      `A signed checkpoint counts ${checkpoint.seq} entries and ${check.head.seq} are there: the entries from ${check.head.seq + 1} on were removed.`,
    );
  }
  if (checkpoint.seq === check.head.seq && checkpoint.hash !== check.head.hash) {
    return found(
      checkpoint.seq,
      'checkpoint-hash',
      `Entry ${checkpoint.seq} isn't the one that its signed checkpoint saw: it was replaced.`,
    );
  }
  return { ...check, signedSeq: checkpoint.seq, checkpoints: check.checkpoints + 1 };
}

/** The answer, when everything was folded in. */
export function endCheck(check: ChainCheck, kit: ChainKit): ChainAnswer {
  const entries = check.head.seq;
  const bad = check.bad ?? unsignedTail(check);
  if (bad) return { ok: false, entries, says: `${bad.says} Everything before it is whole.`, firstBad: bad };
  const signed = kit.verify
    ? `${check.checkpoints} signed ${check.checkpoints === 1 ? 'checkpoint fits' : 'checkpoints fit'}`
    : "signatures weren't checked: no public key is known";
  return {
    ok: true,
    entries,
    says: `The chain is whole: ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${signed}.`,
  };
}

function unsignedTail(check: ChainCheck): BadEntry | undefined {
  if (check.head.seq === check.signedSeq) return undefined;
  const seq = check.signedSeq + 1;
  return {
    seq,
    check: 'tail-unsigned',
    says: `The entries from ${seq} to ${check.head.seq} stand under no signed checkpoint: the engine didn't write them, or its checkpoints were removed.`,
  };
}

function gap(entry: AuditEntry, seq: number): string {
  return entry.seq > seq ? 'entries were removed or swapped' : 'an entry was inserted, doubled or swapped';
}
