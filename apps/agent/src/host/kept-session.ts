// One session with a server, kept open so that looking at it each second doesn't cost it a new process each second. When it
// breaks or doesn't answer, or a fresh look at a primary is wanted, a new session tells how the server is.
import type { Connection } from '@petrov/runtime/postgres';

const WITHIN_MS = 1_000;

export class KeptSession {
  readonly #open: () => Promise<Connection>;
  #kept: Connection | undefined;
  /** By its last answer. Of a standby nobody asks whether it takes new sessions: its own one is enough. */
  #isStandby = false;

  constructor(open: () => Promise<Connection>) {
    this.#open = open;
  }

  /** Resolves when the server answered; else rejects with what a new session met. */
  async look(isFresh: boolean): Promise<void> {
    if ((!isFresh || this.#isStandby) && (await this.#answers())) return;
    this.#isStandby = false;
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
      const { rows } = await this.#kept.query('SELECT pg_is_in_recovery() AS "isStandby"', WITHIN_MS);
      this.#isStandby = rows[0]?.['isStandby'] === true;
      return true;
    } catch {
      this.#kept.destroy(); // what it means is told by the new session
      return false;
    }
  }
}
