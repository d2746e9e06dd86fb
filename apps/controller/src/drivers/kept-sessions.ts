// One session with each member, kept while it answers: a new one costs the server a process and both sides a login, in
// every look on the way to an act. What a kept session doesn't answer, and soon, is asked over a new one: only that tells how
// the server is. For questions that change nothing: one may be asked twice.
import { type Answer, Connection, type Target } from '@petrov/runtime/postgres';

/** Shorter than what a new session gets: a path that fell silent while nothing went over it mustn't cost the whole bound. */
const KEPT_MS = 500;

type Deadlines = { readonly connectMs: number; readonly queryMs: number };
type Work<T> = (ask: (text: string) => Promise<Answer>) => Promise<T>;

export class KeptSessions {
  /** Those that nobody asks over at this moment. */
  readonly #kept = new Map<string, Connection>();
  #isClosed = false;

  /** Rejects with what a new session met. */
  async ask<T>(key: string, target: Target, deadlines: Deadlines, work: Work<T>): Promise<T> {
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    if (kept?.isOpen) {
      try {
        return await this.#askOver(key, kept, Math.min(KEPT_MS, deadlines.queryMs), work);
      } catch {
        // what it means is told by the new session
      }
    }
    return await this.#askOver(key, await Connection.open(target, deadlines.connectMs), deadlines.queryMs, work);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const kept = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(kept.map((connection) => connection.close()));
  }

  async #askOver<T>(key: string, connection: Connection, queryMs: number, work: Work<T>): Promise<T> {
    try {
      const answer = await work((text) => connection.query(text, queryMs));
      this.#keep(key, connection);
      return answer;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  /** Of two that were asked at once one stays: a role has few. */
  #keep(key: string, connection: Connection): void {
    if (this.#isClosed || this.#kept.has(key)) void connection.close();
    else this.#kept.set(key, connection);
  }
}
