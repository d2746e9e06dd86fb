// What this agent is at, and how far: told with the facts of its host while a command is acted upon, so that hours of a copy
// aren't hours of silence.
import type { Clock } from '@petrov/runtime/clock';
import type { HostFacts } from './host/host-facts.ts';

type Bytes = { readonly doneBytes: number; readonly totalBytes: number };

export class Progress {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  #at: { readonly verb: string; readonly sinceMs: number; readonly bytes?: Bytes | undefined } | undefined;

  constructor(clock: Pick<Clock, 'monotonicMs'>) {
    this.#clock = clock;
  }

  begin(verb: string): void {
    this.#at = { verb, sinceMs: this.#clock.monotonicMs() };
  }

  end(): void {
    this.#at = undefined;
  }

  /** A line of a program of Postgres; those that tell no progress change nothing. */
  read(line: string): void {
    const bytes = parseProgress(line);
    if (this.#at !== undefined && bytes !== undefined) this.#at = { ...this.#at, bytes };
  }

  facts(): HostFacts['acting'] {
    if (this.#at === undefined) return undefined;
    const { verb, sinceMs, bytes } = this.#at;
    return { verb, forMs: Math.round(this.#clock.monotonicMs() - sinceMs), ...bytes };
  }
}

/** As pg_basebackup and pg_rewind print it: "12345/67890 kB (18%) …", each number with blanks before it. */
function parseProgress(line: string): Bytes | undefined {
  const [, done, total] = /(\d+)\/ *(\d+) kB \(\d+%\)/.exec(line) ?? [];
  return done === undefined || total === undefined
    ? undefined
    : { doneBytes: Number(done) * 1024, totalBytes: Number(total) * 1024 };
}
