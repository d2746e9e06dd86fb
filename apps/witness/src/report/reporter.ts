// Reports what was seen: signed batches on this source's stream. A bad answer leaves at once, the rest 100 ms after the
// first of them. Nothing is ever queued up: while Redis is away only the newest of each is kept, and its age told.
import type { Sighting } from '@petrov/core/observation';
import { type ObservationBatch, observationStream, STREAM_ENTRIES_MAX } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Logger } from '@petrov/runtime/log';
import type { Redis } from '@petrov/runtime/redis';
import type { Signer } from '@petrov/runtime/signing';

const GATHER_MS = 100;
const RETRY_MS = 1_000;
const BATCH_MAX = 200;

type Seen = { readonly sighting: Sighting; readonly atMs: number };
export type ReporterSettings = {
  readonly source: string;
  readonly bootId: string;
  readonly redis: Redis;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly log: Logger;
};

export class Reporter {
  readonly #settings: ReporterSettings;
  #waiting = new Map<string, Seen>();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Infinity;
  #sending: Promise<void> | undefined;
  #seq = 0;
  #sentAtMs: number;
  #isAway = false;
  #isEnded = false;

  constructor(settings: ReporterSettings) {
    this.#settings = settings;
    this.#sentAtMs = settings.clock.monotonicMs();
    settings.redis.on('ready', () => this.#send());
  }

  add(sighting: Sighting): void {
    this.#waiting.set(keyOf(sighting), { sighting, atMs: this.#settings.clock.monotonicMs() });
    if (!this.#isAway) this.#sendIn(sighting.outcome === 'ok' ? GATHER_MS : 0);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    await this.#sending;
  }

  #sendIn(inMs: number): void {
    const atMs = this.#settings.clock.monotonicMs() + inMs;
    if (this.#isEnded || atMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(() => this.#send(), inMs);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timerAtMs = Infinity;
    if (this.#sending || this.#isEnded) return;
    this.#sending = this.#sendWaiting().finally(() => {
      this.#sending = undefined;
      const waits = [...this.#waiting.values()];
      if (waits.length === 0) return;
      if (this.#isAway) this.#sendIn(RETRY_MS);
      else this.#sendIn(waits.some((seen) => seen.sighting.outcome !== 'ok') ? 0 : GATHER_MS);
    });
  }

  async #sendWaiting(): Promise<void> {
    while (this.#waiting.size > 0 && !this.#isEnded) {
      const taken = [...this.#waiting].slice(0, BATCH_MAX);
      for (const [key] of taken) this.#waiting.delete(key);
      try {
        await this.#append(taken.map(([, seen]) => seen));
      } catch (error) {
        if (!this.#isAway) this.#settings.log.warn({ err: error }, 'observations cannot be reported');
        this.#isAway = true;
        // What was seen since stays; of the batch only what has no newer answer yet.
        for (const [key, seen] of taken) if (!this.#waiting.has(key)) this.#waiting.set(key, seen);
        return;
      }
      if (this.#isAway) this.#settings.log.info('observations are reported again');
      this.#isAway = false;
    }
  }

  async #append(seen: readonly Seen[]): Promise<void> {
    const { source, bootId, redis, signer, clock } = this.#settings;
    const nowMs = clock.monotonicMs();
    this.#seq += 1;
    const batch: ObservationBatch = {
      v: 1,
      source,
      bootId,
      seq: this.#seq,
      sentMonotonicMs: nowMs,
      gapMs: this.#isAway ? Math.round(nowMs - this.#sentAtMs) : 0,
      observations: seen.map(({ sighting, atMs }) => ({ ...sighting, ageMs: Math.round((nowMs - atMs) * 10) / 10 })),
    };
    const text = JSON.stringify(batch);
    const stream = observationStream(source);
    const fields = ['batch', text, 'signature', signer.sign(text)];
    await redis.xadd(stream, 'MAXLEN', '~', STREAM_ENTRIES_MAX, '*', ...fields);
    this.#sentAtMs = clock.monotonicMs();
  }
}

/** Two sessions, or the answers to two questions, don't replace one another. */
function keyOf(sighting: Sighting): string {
  const session = sighting.probe === 'sql' ? sighting.facts?.session : undefined;
  const member = 'member' in sighting ? sighting.member : undefined;
  return [sighting.cluster, member, sighting.probe, session, sighting.nonce].join('/');
}
