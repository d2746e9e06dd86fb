// One entry of the record, and how it's chained: hash = SHA-256(0x00 ‖ JCS(entry)), where the entry holds the hash of the
// one before it. JCS is RFC 8785; the leading zero byte is the leaf prefix of RFC 6962, so that a tree can stand on the
// same hashes.
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { AuditDraft } from '../engine/io.ts';

/** SHA-256 of the text's UTF-8 bytes, lower-case hex. */
export type HashText = (text: string) => string;

const Hash = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');

export const AuditActor = z.strictObject({
  kind: z.enum(['person', 'engine', 'service']),
  id: z.string(),
  name: z.string(),
  via: z.string().optional(),
  proof: z.string().optional(),
});

export const AuditEntry = z.strictObject({
  seq: z.number().int().min(1),
  atMs: z.number(),
  code: z.string().min(1),
  actor: AuditActor,
  cluster: z.string().optional(),
  proposal: z.string().optional(),
  says: z.string(),
  payload: z.record(z.string(), z.unknown()),
  prevHash: Hash,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An entry beside its hash: what a row and a line of an export hold. */
export const ChainedEntry = z.strictObject({ entry: AuditEntry, hash: Hash });
export type ChainedEntry = z.infer<typeof ChainedEntry>;

/** What the first entry continues. */
export const GENESIS_HASH = '0'.repeat(64);

/** Where a chain ends. An empty chain's head is `{ seq: 0, hash: GENESIS_HASH }`. */
export type Head = { readonly seq: number; readonly hash: string };
export const EMPTY_HEAD: Head = { seq: 0, hash: GENESIS_HASH };

export function hashEntry(entry: AuditEntry, hash: HashText): string {
  return hash(`\u0000${canonicalText(entry)}`);
}

/** The drafts as entries that continue `head`, each with its hash. */
export function chainDrafts(drafts: readonly AuditDraft[], head: Head, hash: HashText): ChainedEntry[] {
  let tail = head;
  return drafts.map((draft) => {
    const entry = AuditEntry.parse({ ...storable(draft), seq: tail.seq + 1, prevHash: tail.hash });
    const chained = { entry, hash: hashEntry(entry, hash) };
    tail = { seq: entry.seq, hash: chained.hash };
    return chained;
  });
}

export function canonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('nothing to make canonical JSON of');
  return text;
}

/**
 * The same value as plain JSON that Postgres can hold and give back unchanged: `undefined` left out, NUL and lone
 * surrogates (neither text nor jsonb takes them) replaced by U+FFFD. Throws where JSON has no form (NaN, cycles).
 */
function storable(value: unknown): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value, toStorable)) as Record<string, unknown>; // an object goes in, one comes out
}

function toStorable(key: string, item: unknown): unknown {
  if (typeof item === 'number' && !Number.isFinite(item)) {
    throw new TypeError(`an audit entry can't hold ${String(item)}: it stands at "${key}"`);
  }
  return wellFormed(item);
}

function wellFormed(item: unknown): unknown {
  if (typeof item === 'string') return item.replace(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\u0000', '\uFFFD');
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return item;
  return Object.fromEntries(Object.entries(item).map(([key, value]) => [wellFormed(key), value]));
}
