// The record as a file: JSON Lines, each line canonical JSON. First a header, then entries and checkpoints in their
// order. Verified line by line, without the controller and its database.
import { z } from 'zod';
import { canonicalText, type ChainedEntry, type HashText } from './entry.ts';
import type { SignedCheckpoint, VerifyText } from './checkpoint.ts';
import {
  type BadEntry,
  type ChainAnswer,
  type ChainCheck,
  type ChainKit,
  checkCheckpoint,
  checkEntry,
  EMPTY_CHECK,
  endCheck,
} from './verify-chain.ts';

export const ExportHeader = z.strictObject({
  petrovAudit: z.literal(1),
  origin: z.string().min(1),
  /** Ed25519, base64 of its SPKI form. A copy kept elsewhere proves more: this one travels with the file. */
  publicKey: z.string().min(1),
});
export type ExportHeader = z.infer<typeof ExportHeader>;

export function headerLine(header: Omit<ExportHeader, 'petrovAudit'>): string {
  return canonicalText({ petrovAudit: 1, ...header });
}
export function entryLine(chained: ChainedEntry): string {
  return canonicalText(chained);
}
export function checkpointLine(signed: SignedCheckpoint): string {
  return canonicalText(signed);
}

export type FileKit = {
  readonly hash: HashText;
  /** Checks a signature with the public key given (SPKI, base64). */
  readonly verifyWith: (publicKey: string, text: string, signature: string) => boolean;
  /** The key that the reader trusts; absent: the header's own. */
  readonly publicKey?: string | undefined;
};
export type FileCheck = {
  readonly line: number;
  readonly kit?: ChainKit;
  readonly check: ChainCheck;
  readonly unreadable?: BadEntry;
};
export const EMPTY_FILE: FileCheck = { line: 0, check: EMPTY_CHECK };

/** Folds the next line in (without its newline). */
export function checkLine(file: FileCheck, text: string, kit: FileKit): FileCheck {
  if (file.unreadable || file.check.bad) return file;
  const line = file.line + 1;
  const value = readCanonical(text);
  const unreadable = (says: string): FileCheck => ({
    ...file,
    unreadable: { seq: file.check.head.seq + 1, check: 'form', says: `Line ${line} ${says}` },
  });
  if (value === undefined) return unreadable("isn't canonical JSON: the file was changed or cut.");
  if (!file.kit) {
    const header = ExportHeader.safeParse(value);
    if (!header.success) return unreadable("isn't the header of an audit export: the file's beginning is missing.");
    if (kit.publicKey !== undefined && kit.publicKey !== header.data.publicKey) {
      return unreadable('names another public key than the one that you trust.');
    }
    return { ...file, line, kit: chainKit(header.data, kit) };
  }
  if ('entry' in value) {
    const raw = { entry: value['entry'], hash: value['hash'] };
    if (Object.keys(value).length !== 2) return unreadable('holds more than an entry and its hash.');
    return { ...file, line, check: checkEntry(file.check, raw, file.kit) };
  }
  if ('checkpoint' in value) return { ...file, line, check: checkCheckpoint(file.check, value, file.kit) };
  return unreadable('is neither an entry nor a checkpoint.');
}

export function endFile(file: FileCheck): ChainAnswer {
  const entries = file.check.head.seq;
  if (file.unreadable) {
    return {
      ok: false,
      entries,
      says: `${file.unreadable.says} Everything before it is whole.`,
      firstBad: file.unreadable,
    };
  }
  if (!file.kit) return { ok: false, entries, says: 'The file is empty: an export begins with a header.' };
  if (!file.check.bad && file.check.checkpoints === 0 && entries === 0) {
    return { ok: true, entries, says: 'The record is empty: a header and no entry.' };
  }
  return endCheck(file.check, file.kit);
}

function chainKit(header: ExportHeader, kit: FileKit): ChainKit {
  const verify: VerifyText = (text, signature) => kit.verifyWith(header.publicKey, text, signature);
  return { hash: kit.hash, verify, origin: header.origin };
}

/** An object whose canonical form is exactly this text; anything else hides a change. */
function readCanonical(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return canonicalText(value) === text ? (value as Record<string, unknown>) : undefined; // checked above
  } catch {
    return undefined; // not JSON, or JSON without a canonical form: both are the caller's "unreadable"
  }
}
