// Hears the controller's requests for fresh looks. They carry no power: the witness limits its own rate, whoever asks. After
// a break it goes on from now; a question asked meanwhile is stale.
import { LOOK_STREAM, LookRequest } from '@petrov/core/wire';
import type { Logger } from '@petrov/runtime/log';
import type { Redis } from '@petrov/runtime/redis';

export const LOOK_BLOCK_MS = 5_000;
const RETRY_MS = 500;

export class LookReader {
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #onLook: (look: LookRequest) => void;
  readonly #stop = new AbortController();
  #reading: Promise<void> | undefined;

  /** `redis` is this reader's own connection: it blocks. */
  constructor(redis: Redis, log: Logger, onLook: (look: LookRequest) => void) {
    this.#redis = redis;
    this.#log = log;
    this.#onLook = onLook;
  }

  start(): void {
    this.#reading = this.#read();
  }

  async end(): Promise<void> {
    this.#stop.abort();
    this.#redis.disconnect();
    await this.#reading;
  }

  async #read(): Promise<void> {
    let lastId: string | undefined;
    while (!this.#stop.signal.aborted) {
      try {
        lastId ??= await this.#newestId();
        const entries = await this.#redis.xread('COUNT', 16, 'BLOCK', LOOK_BLOCK_MS, 'STREAMS', LOOK_STREAM, lastId);
        for (const [id, fields] of entries?.[0]?.[1] ?? []) {
          lastId = id;
          this.#hear(fields);
        }
      } catch {
        lastId = undefined; // Redis is away; its own client says so once
        await this.#pause();
      }
    }
  }

  async #newestId(): Promise<string> {
    const newest = await this.#redis.xrevrange(LOOK_STREAM, '+', '-', 'COUNT', 1);
    return newest[0]?.[0] ?? '0-0';
  }

  #hear(fields: readonly string[]): void {
    const at = fields.indexOf('look');
    const parsed = LookRequest.safeParse(parseJson(fields[at + 1] ?? ''));
    if (at >= 0 && parsed.success) this.#onLook(parsed.data);
    else this.#log.warn('a request to look could not be read');
  }

  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, RETRY_MS);
    this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
