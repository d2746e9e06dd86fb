// Tells consoles what is broken in the sandbox: after a press in the panel at once, and within two seconds when a terminal
// or a drill did it. It asks only while somebody watches.
import { SandboxView } from '@petrov/core/wire';
import { askSandbox } from '../api/sandbox-client.ts';
import type { Live } from './live.ts';

const LOOK_EVERY_MS = 2_000;

export class SandboxWatch {
  readonly #socketPath: string;
  readonly #live: Live;
  readonly #timer: ReturnType<typeof setInterval>;
  #last = '';
  #isAsking = false;
  #isAskedAgain = false;

  constructor(socketPath: string, live: Live) {
    this.#socketPath = socketPath;
    this.#live = live;
    this.#timer = setInterval(() => {
      if (live.count() > 0 && !this.#isAsking) void this.#ask();
    }, LOOK_EVERY_MS);
  }

  /** Something was pressed: what stands now is told, changed or not. */
  look(): void {
    this.#last = '';
    if (this.#isAsking) this.#isAskedAgain = true;
    else void this.#ask();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A sandbox that doesn't answer has nothing to tell; the panel's own request says so in words. */
  async #ask(): Promise<void> {
    this.#isAsking = true;
    const answer = await askSandbox(this.#socketPath, { method: 'GET', path: '/sandbox' }).catch(() => undefined);
    this.#isAsking = false;
    const view = SandboxView.safeParse(answer);
    const text = JSON.stringify(view.data);
    if (view.success && text !== this.#last) {
      this.#last = text;
      this.#live.tell('sandbox', view.data);
    }
    if (!this.#isAskedAgain) return;
    this.#isAskedAgain = false;
    this.look();
  }
}
