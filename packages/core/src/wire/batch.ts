// How sources report: signed batches with a sequence number and ages by the source's own monotonic clock.
// Two machines' clocks are never subtracted: the receiver stamps arrival and adds the age.
import { z } from 'zod';
import { Sighting } from '../observation/index.ts';

export const BatchedSighting = z.intersection(Sighting, z.object({ ageMs: z.number().min(0) }));

export const ObservationBatch = z.object({
  v: z.literal(1),
  /** `w-a`, `agent:orders-1` or `canary:orders`. */
  source: z.string().min(1),
  /** New at each start of the source; a sequence counts within one boot. */
  bootId: z.string().min(1),
  seq: z.number().int().min(1),
  /** Source's monotonic clock when the batch left, ms; meaningful only beside others of the same boot. */
  sentMonotonicMs: z.number(),
  /** How long nothing could be sent before this batch; the newest of each is sent after, never a backlog. */
  gapMs: z.number().min(0).default(0),
  observations: z.array(BatchedSighting).max(500),
});
export type ObservationBatch = z.infer<typeof ObservationBatch>;

/** What travels: the exact bytes signed, and the Ed25519 signature over them, base64. Same shape on Redis and HTTP. */
export const SignedBatch = z.object({ batch: z.string().max(262_144), signature: z.string().max(128) });
export type SignedBatch = z.infer<typeof SignedBatch>;

/** Redis stream of one source, bounded (MAXLEN ~ STREAM_ENTRIES_MAX). Fields `batch` and `signature`. */
export function observationStream(sourceId: string): string {
  return `petrov:observations:${sourceId}`;
}
export const STREAM_ENTRIES_MAX = 1_000;

/**
 * Redis stream on which the controller asks all witnesses of a cluster for fresh looks. It carries no power: a witness
 * limits its own rate, whoever asks. Field `look`, JSON of `LookRequest`.
 */
export const LOOK_STREAM = 'petrov:looks';
export const LookRequest = z.object({
  v: z.literal(1),
  cluster: z.string(),
  /** Carried by every observation whose probe began after the question. */
  nonce: z.string().min(1).max(64),
  /** How long to go on looking faster (5 a second), ms; 0 = one look. */
  forMs: z.number().int().min(0).max(30_000),
});
export type LookRequest = z.infer<typeof LookRequest>;
