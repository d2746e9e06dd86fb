// Ends a process in order: at the first SIGINT or SIGTERM disposers run once, the last added first, each and all of them
// within a bound; a second signal ends at once.
import type { Logger } from 'pino';

export type Disposer = () => void | Promise<void>;

export class Shutdown {
  readonly #disposers: { readonly name: string; readonly dispose: Disposer }[] = [];
  readonly #controller = new AbortController();
  readonly #log: Logger;
  readonly #withinMs: number;
  #running: Promise<void> | undefined;

  constructor(log: Logger, withinMs = 10_000) {
    this.#log = log;
    this.#withinMs = withinMs;
  }

  /** Aborted when shutting down begins. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  add(name: string, dispose: Disposer): void {
    this.#disposers.push({ name, dispose });
  }

  /** Ends the process with 0 when all is disposed of, 1 when something failed or took too long. */
  listen(): void {
    const end = (signal: NodeJS.Signals) => {
      if (this.#running) process.exit(1);
      this.#log.info({ signal }, 'shutting down');
      void this.run().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  }

  /** Runs the disposers once; every later call gets the same answer. Rejects when one failed or the time ran out. */
  run(): Promise<void> {
    this.#controller.abort();
    this.#running ??= this.#dispose();
    return this.#running;
  }

  async #dispose(): Promise<void> {
    const failed: string[] = [];
    const all = (async () => {
      for (const { name, dispose } of this.#disposers.reverse()) {
        try {
          await dispose();
        } catch (error) {
          failed.push(name);
          this.#log.error({ err: error, name }, 'could not be ended cleanly');
        }
      }
    })();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`still ending after ${this.#withinMs} ms`)), this.#withinMs);
    try {
      await Promise.race([all, late]);
    } finally {
      clearTimeout(timer);
    }
    if (failed.length > 0) throw new Error(`not ended cleanly: ${failed.join(', ')}`);
  }
}
