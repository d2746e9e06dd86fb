// The sessions of this witness with one member: one persistent, one outstanding write on it. While the write hangs, rounds
// ask over short sessions; the write's own is kept for as long as the server still works on it, since a session given up
// while its backend hangs would add a backend with each attempt until all slots are gone.
import { Connection, type Target } from '@petrov/runtime/postgres';
import { type Ask, CONNECT_MS, SQL_MS } from '../probe.ts';
import type { SqlSession } from '../probes/sql.ts';

export type Lease = {
  readonly session: SqlSession;
  readonly connection: Connection;
  readonly ask: Ask;
  readonly isShort: boolean;
};

export class MemberSession {
  readonly #target: Target;
  readonly #onLost: () => void;
  #persistent: Connection | undefined;
  #writing: Connection | undefined;

  constructor(target: Target, onLost: () => void) {
    this.#target = target;
    this.#onLost = onLost;
  }

  /** The persistent session while it's open. */
  get persistent(): Connection | undefined {
    return this.#persistent?.isOpen ? this.#persistent : undefined;
  }

  get isWriting(): boolean {
    return this.#writing !== undefined;
  }

  /** The persistent session, opened if there is none; a short one while a write is outstanding on it. */
  async lease(): Promise<Lease> {
    if (this.isWriting) return leaseOf(await this.openShort(), 'new', true);
    if (this.persistent) return leaseOf(this.persistent, 'persistent', false);
    const opened = await this.openShort();
    opened.onLost(() => this.#onLost());
    this.#persistent = opened;
    return leaseOf(opened, 'new', false);
  }

  openShort(): Promise<Connection> {
    return Connection.open(this.#target, CONNECT_MS);
  }

  /** After an answer: a short session says goodbye. After a failure of the session: it's freed at once. */
  async release(lease: Lease, isBroken: boolean): Promise<void> {
    if (isBroken) lease.connection.destroy();
    else if (lease.isShort) await lease.connection.close();
  }

  /** Marks the connection as taken by a write until `ended`. */
  beginWrite(connection: Connection): () => void {
    this.#writing = connection;
    return () => {
      if (this.#writing === connection) this.#writing = undefined;
    };
  }

  /**
   * Asked over another session: does the server still work on the outstanding write? If its backend is gone or idle, the
   * answer got lost on the way, and the session is freed.
   */
  async dropLostWrite(ask: Ask): Promise<void> {
    const writing = this.#writing;
    if (writing?.processId === undefined) return;
    const { rows } = await ask(
      `SELECT 1 FROM pg_stat_activity WHERE pid = ${writing.processId} AND usename = current_user AND state = 'active'`,
    );
    if (rows.length === 0) writing.destroy();
  }

  async end(): Promise<void> {
    this.#writing?.destroy();
    await this.#persistent?.close();
  }
}

function leaseOf(connection: Connection, session: SqlSession, isShort: boolean): Lease {
  return { session, connection, isShort, ask: (text) => connection.query(text, SQL_MS) };
}
