// One session with a server, kept open so that looking at it each second doesn't cost it a new process each second. When it
// breaks or doesn't answer, or a fresh look is wanted, a new session tells how the server is.
import type { Connection } from '@petrov/runtime/postgres';

const WITHIN_MS = 1_000;

export class KeptSession {
  readonly #open: () => Promise<Connection>;
  #kept: Connection | undefined;

  constructor(open: () => Promise<Connection>) {
    this.#open = open;
  }

  /** Resolves when the server answered; else rejects with what a new session met. */
  async look(isFresh: boolean): Promise<void> {
    if (!isFresh && (await this.#answers())) return;
    const opened = await this.#open();
    this.#kept?.destroy();
    this.#kept = opened;
  }

  async close(): Promise<void> {
    await this.#kept?.close();
  }

  async #answers(): Promise<boolean> {
    if (this.#kept?.isOpen !== true) return false;
    try {
      await this.#kept.query('SELECT 1', WITHIN_MS);
      return true;
    } catch {
      this.#kept.destroy(); // what it means is told by the new session
      return false;
    }
  }
}
