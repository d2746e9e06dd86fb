// Whether the sources' streams can be read, and since when they can't: told to the engine with each tick.
import type { Input } from '@petrov/core/engine';

export class Hearing {
  readonly #nowMs: () => number;
  #deafSinceMs: number | undefined;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** After each read. */
  note(isHeard: boolean): void {
    this.#deafSinceMs = isHeard ? undefined : (this.#deafSinceMs ?? this.#nowMs());
  }

  tell(input: Input): Input {
    return input.type === 'tick' ? { ...input, deafSinceMs: this.#deafSinceMs } : input;
  }
}
