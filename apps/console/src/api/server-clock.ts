// The controller's time as this page knows it: ages are told by its clock, never by the browser's. Ticks once a second.
export class ServerClock {
  #offsetMs = 0;
  #tickMs = Date.now();
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #listeners = new Set<() => void>();

  /** An answer said what time it is over there. Small wobble of the network is ignored, so that ages don't flicker. */
  notice(nowMs: number): void {
    const offsetMs = nowMs - Date.now();
    if (Math.abs(offsetMs - this.#offsetMs) > 400) this.#offsetMs = offsetMs;
  }

  nowMs(): number {
    return Date.now() + this.#offsetMs;
  }

  readonly tick = (): number => this.#tickMs;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => this.#advance(), 1_000);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  };

  #advance(): void {
    this.#tickMs = this.nowMs();
    for (const listener of this.#listeners) listener();
  }
}
