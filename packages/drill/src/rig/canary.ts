// The client's voice in the evidence: once a second, how many of its writes were acknowledged and how many failed, as a
// signed batch on the canary's stream. Redis may be away; then that second is unseen, never a backlog.
import { observationStream, STREAM_ENTRIES_MAX, type ObservationBatch } from '@petrov/core/wire';
import { newNonce } from '@petrov/runtime/random';
import type { Redis } from '@petrov/runtime/redis';
import type { Signer } from '@petrov/runtime/signing';

export type CanarySecond = {
  /** When it ended, on this machine's wall clock: it may have been under way for a while. */
  readonly atMs: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly p99Ms?: number | undefined;
};

export type CanaryReporter = (second: CanarySecond) => Promise<void>;

export function createCanaryReporter(of: {
  readonly cluster: string;
  readonly redis: Redis;
  readonly signer: Signer;
}): CanaryReporter {
  const source = `canary:${of.cluster}`;
  const bootId = newNonce();
  let seq = 0;
  return async ({ atMs, succeeded, failed, p99Ms }) => {
    const ageMs = Math.max(0, Date.now() - atMs);
    const facts = { succeeded, failed, ...(p99Ms === undefined ? {} : { p99Ms }) };
    const batch: ObservationBatch = {
      v: 1,
      source,
      bootId,
      seq: (seq += 1),
      sentMonotonicMs: performance.now(),
      gapMs: 0,
      observations: [{ by: source, cluster: of.cluster, probe: 'canary', outcome: 'ok', facts, ageMs }],
    };
    const text = JSON.stringify(batch);
    const fields = ['batch', text, 'signature', of.signer.sign(text)];
    await of.redis
      .xadd(observationStream(source), 'MAXLEN', '~', STREAM_ENTRIES_MAX, '*', ...fields)
      .catch(() => undefined); // Redis is away: its client says so, and the next second is a new chance
  };
}
