// The outbox: a page becomes one row for each pager in the transaction of its effect; the same page twice is one.
import { createHash } from 'node:crypto';
import type { Page } from '@petrov/core/engine';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { OutboxReader } from '../../api/deps.ts';

type Into = { readonly pagersOf: (cluster: string) => readonly string[]; readonly nowMs: number };

export async function insertPages(client: PoolClient, pages: readonly Page[], into: Into): Promise<void> {
  const rows = pages.flatMap((page) =>
    into.pagersOf(page.cluster).map((pager) => ({
      message_id: messageId(page.id, pager),
      page_id: page.id,
      pager,
      cluster: page.cluster,
      proposal: page.proposal ?? null,
      urgency: page.urgency,
      page,
    })),
  );
  if (rows.length === 0) return;
  await client.query(
    `INSERT INTO outbox (message_id, page_id, pager, cluster, proposal, urgency, page, created_at_ms, next_attempt_at_ms)
     SELECT message_id, page_id, pager, cluster, proposal, urgency, page, $2, $2 FROM jsonb_to_recordset($1)
       AS given (message_id text, page_id text, pager text, cluster text, proposal text, urgency text, page jsonb)
     ON CONFLICT (page_id, pager) DO NOTHING`,
    [JSON.stringify(rows), into.nowMs],
  );
}

/** Stable over retries and restarts; letters and digits only, as Standard Webhooks wants it. */
export function messageId(page: string, pager: string): string {
  return `msg_${createHash('sha256').update(`${pager}\n${page}`).digest('hex').slice(0, 32)}`;
}

const PageRow = z.object({
  id: z.string(),
  cluster: z.string(),
  environment: z.string(),
  episode: z.string(),
  event: z.string(),
  urgency: z.string(),
  proposal: z.string().optional(),
  revision: z.number().optional(),
  summary: z.string(),
  details: z.record(z.string(), z.unknown()),
});
const OutboxRow = z
  .object({
    id: z.coerce.number(),
    message_id: z.string(),
    pager: z.string(),
    page: PageRow,
    attempts: z.number(),
    created_at_ms: z.number(),
  })
  .transform((row) => ({
    id: row.id,
    messageId: row.message_id,
    pager: row.pager,
    page: row.page,
    attempts: row.attempts,
    createdAtMs: row.created_at_ms,
  }));
export type OutboxMessage = z.infer<typeof OutboxRow>;

/**
 * Takes what is due and puts its next attempt `leaseMs` off: a sender that dies leaves the row for the next one.
 * No transaction is open while it's sent.
 */
export async function claimDue(pool: Pool, nowMs: number, leaseMs: number): Promise<OutboxMessage[]> {
  // A claim that a crash forgets only means that the page goes out again: it needn't wait for the disk.
  const { rows } = await pool.query(
    `UPDATE outbox SET attempts = attempts + 1, next_attempt_at_ms = $2
     WHERE (SELECT set_config('synchronous_commit', 'off', true)) IS NOT NULL
       AND id IN (SELECT id FROM outbox WHERE delivered_at_ms IS NULL AND dead_at_ms IS NULL AND next_attempt_at_ms <= $1
                  ORDER BY urgency = 'high' DESC, id LIMIT 50 FOR UPDATE SKIP LOCKED)
     RETURNING id, message_id, pager, page, attempts, created_at_ms`,
    [nowMs, nowMs + leaseMs],
  );
  return rows.map((row) => OutboxRow.parse(row)).sort((a, b) => a.id - b.id);
}

/** What another sender took and didn't finish is due at once: for the start, when no other sender can live. */
export async function releaseClaims(pool: Pool, nowMs: number, leaseMs: number): Promise<void> {
  await pool.query(
    `UPDATE outbox SET next_attempt_at_ms = $1
     WHERE delivered_at_ms IS NULL AND dead_at_ms IS NULL AND next_attempt_at_ms <= $2`,
    [nowMs, nowMs + leaseMs],
  );
}

export async function markDelivered(client: Pool | PoolClient, id: number, nowMs: number): Promise<void> {
  await client.query('UPDATE outbox SET delivered_at_ms = $2, last_error = NULL WHERE id = $1', [id, nowMs]);
}
export async function markRetry(pool: Pool, id: number, retry: { atMs: number; error: string }): Promise<void> {
  await pool.query('UPDATE outbox SET next_attempt_at_ms = $2, last_error = $3 WHERE id = $1', [
    id,
    retry.atMs,
    retry.error,
  ]);
}
export async function markDead(client: PoolClient, id: number, dead: { atMs: number; error: string }): Promise<void> {
  await client.query('UPDATE outbox SET dead_at_ms = $2, last_error = $3 WHERE id = $1', [id, dead.atMs, dead.error]);
}

const Paged = z.object({
  first_at_ms: z.number().nullable(),
  delivered_at_ms: z.number().nullable(),
  channels: z.array(z.string()),
});
const Waiting = z.object({ count: z.coerce.number(), oldest: z.number().nullable() });

export function createOutboxReader(pool: Pool): OutboxReader {
  return {
    paged: async (proposal) => {
      const { rows } = await pool.query(
        `SELECT min(created_at_ms) AS first_at_ms, min(delivered_at_ms) AS delivered_at_ms,
           coalesce(array_agg(DISTINCT pager), '{}') AS channels FROM outbox WHERE proposal = $1`,
        [proposal],
      );
      const row = Paged.parse(rows[0]);
      if (row.first_at_ms === null) return undefined;
      const delivered = row.delivered_at_ms === null ? {} : { deliveredAtMs: row.delivered_at_ms };
      return { firstAtMs: row.first_at_ms, channels: row.channels, ...delivered };
    },
    waiting: async () => {
      const { rows } = await pool.query(
        'SELECT count(*) AS count, min(created_at_ms) AS oldest FROM outbox WHERE delivered_at_ms IS NULL AND dead_at_ms IS NULL',
      );
      const row = Waiting.parse(rows[0]);
      return { count: row.count, ...(row.oldest === null ? {} : { oldestAtMs: row.oldest }) };
    },
  };
}
