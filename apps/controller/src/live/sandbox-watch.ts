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

  constructor(socketPath: string, live: Live) {
    this.#socketPath = socketPath;
    this.#live = live;
    this.#timer = setInterval(() => {
      if (live.count() > 0) this.look();
    }, LOOK_EVERY_MS);
  }

  look(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.#ask().finally(() => {
      this.#isAsking = false;
    });
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A sandbox that doesn't answer has nothing to tell; the panel's own request says so in words. */
  async #ask(): Promise<void> {
    const answer = await askSandbox(this.#socketPath, { method: 'GET', path: '/sandbox' }).catch(() => undefined);
    const view = SandboxView.safeParse(answer);
    const text = JSON.stringify(view.data);
    if (!view.success || text === this.#last) return;
    this.#last = text;
    this.#live.tell('sandbox', view.data);
  }
}
