// How late this process's loop ran, and how far its wall clock stepped against the monotonic one, since last asked.
import type { Clock } from '@petrov/runtime/clock';

const EVERY_MS = 100;

export class ClockWatch {
  readonly #clock: Clock;
  #expectedMs: number;
  #loopLagMs = 0;
  #offsetMs: number;
  readonly #timer: NodeJS.Timeout;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#expectedMs = clock.monotonicMs() + EVERY_MS;
    this.#offsetMs = clock.nowMs() - clock.monotonicMs();
    this.#timer = setInterval(() => this.look(), EVERY_MS);
  }

  /** One beat of the watch; its own timer calls it. */
  look(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#loopLagMs = Math.max(this.#loopLagMs, nowMs - this.#expectedMs);
    this.#expectedMs = nowMs + EVERY_MS;
  }

  /** The worst lag and the whole step since the last call. */
  take(): { loopLagMs: number; clockStepMs: number } {
    this.#loopLagMs = Math.max(this.#loopLagMs, this.#clock.monotonicMs() - this.#expectedMs);
    const offsetMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    const taken = { loopLagMs: round(Math.max(0, this.#loopLagMs)), clockStepMs: round(offsetMs - this.#offsetMs) };
    this.#loopLagMs = 0;
    this.#offsetMs = offsetMs;
    return taken;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
