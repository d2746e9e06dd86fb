// A signed statement of where the chain stood. One is written with each group of entries, so a tail that was cut off, or
// entries that somebody without the engine's key appended, are seen.
import { z } from 'zod';
import { canonicalText, type Head } from './entry.ts';

export const Checkpoint = z.strictObject({
  v: z.literal(1),
  /** The controller's name: a checkpoint of one record says nothing of another. */
  origin: z.string().min(1),
  seq: z.number().int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  atMs: z.number(),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** 64 bytes in base64's one canonical spelling: a flipped unused bit is a change too. */
const Signature = z.string().regex(/^[A-Za-z0-9+/]{85}[AQgw]==$/, 'an Ed25519 signature in base64');

/** The signature is Ed25519, base64, over `checkpointText`. */
export const SignedCheckpoint = z.strictObject({ checkpoint: Checkpoint, signature: Signature });
export type SignedCheckpoint = z.infer<typeof SignedCheckpoint>;

export type VerifyText = (text: string, signature: string) => boolean;

/** The exact text that is signed; its first line keeps the signature from meaning anything else. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `petrov audit checkpoint\n${canonicalText(checkpoint)}\n`;
}

export function makeCheckpoint(origin: string, head: Head, atMs: number): Checkpoint {
  return { v: 1, origin, seq: head.seq, hash: head.hash, atMs };
}
