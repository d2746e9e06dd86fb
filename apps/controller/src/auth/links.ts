// One-time sign-in links. The token stands in the fragment, which no server and no log sees; the page posts it once.
import type { Pool } from 'pg';
import { z } from 'zod';
import { hashToken, newToken } from './tokens.ts';

export const LINK_LIFETIME_MS = 600_000;

export async function createLink(
  pool: Pool,
  userId: string,
  nowMs: number,
): Promise<{ readonly token: string; readonly expiresAtMs: number }> {
  const { token, hash } = newToken();
  const expiresAtMs = nowMs + LINK_LIFETIME_MS;
  await pool.query('delete from sign_in_links where expires_at_ms < $1', [nowMs - 86_400_000]);
  await pool.query('insert into sign_in_links (token_hash, user_id, expires_at_ms) values ($1, $2, $3)', [
    hash,
    userId,
    expiresAtMs,
  ]);
  return { token, expiresAtMs };
}

/** The user whose link it is, once: of two that come at the same moment one finds nothing. */
export async function useLink(pool: Pool, token: string, nowMs: number): Promise<string | undefined> {
  const { rows } = await pool.query(
    `update sign_in_links set used_at_ms = $2 where token_hash = $1 and used_at_ms is null and expires_at_ms > $2
     returning user_id`,
    [hashToken(token), nowMs],
  );
  return rows[0] === undefined ? undefined : z.object({ user_id: z.string() }).parse(rows[0]).user_id;
}
