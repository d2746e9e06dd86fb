// Sessions in Petrov's own Postgres: Redis may vanish and nobody is signed out in the middle of an incident. A session
// ends after 12 idle hours, 24 hours in all, at sign-out, at revocation, or with its user.
import { randomUUID } from 'node:crypto';
import { Role } from '@petrov/core/approval';
import type { Pool } from 'pg';
import { z } from 'zod';
import { hashToken, newToken } from './tokens.ts';

export const SESSION_IDLE_MS = 12 * 3_600_000;
export const SESSION_ABSOLUTE_MS = 24 * 3_600_000;
/** How stale `last_seen_at_ms` may grow before it's written again. */
const TOUCH_EVERY_MS = 60_000;

const bigint = z.coerce.number();
const SessionRow = z.object({
  id: z.string(),
  user_id: z.string(),
  name: z.string(),
  role: Role,
  signed_in_at_ms: bigint,
  last_seen_at_ms: bigint,
});
export type HowSignedIn = 'link' | 'password' | 'password+totp';
export type ActiveSession = {
  readonly id: string;
  readonly user: { readonly id: string; readonly name: string; readonly role: Role };
  readonly signedInAtMs: number;
  readonly expiresAtMs: number;
};

const active = `s.revoked_at_ms is null and u.disabled_at is null
  and s.signed_in_at_ms > $1::bigint - ${SESSION_ABSOLUTE_MS} and s.last_seen_at_ms > $1::bigint - ${SESSION_IDLE_MS}`;

/** Holds who wants to know of ended sessions, so that their sockets are cut at once. */
export class Sessions {
  readonly #pool: Pool;
  readonly #nowMs: () => number;
  readonly #listeners = new Set<(sessionId: string) => void>();

  constructor(pool: Pool, nowMs: () => number) {
    this.#pool = pool;
    this.#nowMs = nowMs;
  }

  /** A new id and token at each sign-in: none is ever carried over. */
  async create(userId: string, how: HowSignedIn): Promise<{ readonly token: string; readonly sessionId: string }> {
    const { token, hash } = newToken();
    const sessionId = randomUUID();
    await this.#pool.query(
      `insert into sessions (id, token_hash, user_id, signed_in_at_ms, last_seen_at_ms, how) values ($1, $2, $3, $4, $4, $5)`,
      [sessionId, hash, userId, this.#nowMs(), how],
    );
    return { token, sessionId };
  }

  async find(token: string): Promise<ActiveSession | undefined> {
    const nowMs = this.#nowMs();
    const { rows } = await this.#pool.query(
      `select s.id, s.user_id, u.name, u.role, s.signed_in_at_ms, s.last_seen_at_ms
       from sessions s join users u on u.id = s.user_id where s.token_hash = $2 and ${active}`,
      [nowMs, hashToken(token)],
    );
    if (rows[0] === undefined) return undefined;
    const row = SessionRow.parse(rows[0]);
    if (row.last_seen_at_ms < nowMs - TOUCH_EVERY_MS) {
      await this.#pool.query('update sessions set last_seen_at_ms = $2 where id = $1', [row.id, nowMs]);
    }
    return {
      id: row.id,
      user: { id: row.user_id, name: row.name, role: row.role },
      signedInAtMs: row.signed_in_at_ms,
      expiresAtMs: row.signed_in_at_ms + SESSION_ABSOLUTE_MS,
    };
  }

  /** Those of the given sessions that still count; asked for open sockets, since time and other processes end them too. */
  async stillActive(sessionIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.#pool.query(
      `select s.id from sessions s join users u on u.id = s.user_id where s.id = any($2) and ${active}`,
      [this.#nowMs(), sessionIds],
    );
    return new Set(rows.map((row) => z.object({ id: z.string() }).parse(row).id));
  }

  async revoke(sessionId: string): Promise<void> {
    await this.#pool.query('update sessions set revoked_at_ms = coalesce(revoked_at_ms, $2) where id = $1', [
      sessionId,
      this.#nowMs(),
    ]);
    this.#tell(sessionId);
  }

  /** Returns how many were open. */
  async revokeAllOf(userId: string): Promise<number> {
    const { rows } = await this.#pool.query(
      'update sessions set revoked_at_ms = $2 where user_id = $1 and revoked_at_ms is null returning id',
      [userId, this.#nowMs()],
    );
    for (const row of rows) this.#tell(z.object({ id: z.string() }).parse(row).id);
    return rows.length;
  }

  async countActive(): Promise<number> {
    const { rows } = await this.#pool.query(
      `select count(*)::int as count from sessions s join users u on u.id = s.user_id where ${active}`,
      [this.#nowMs()],
    );
    return z.object({ count: z.number() }).parse(rows[0]).count;
  }

  onRevoked(listener: (sessionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(sessionId: string): void {
    for (const listener of this.#listeners) listener(sessionId);
  }
}
