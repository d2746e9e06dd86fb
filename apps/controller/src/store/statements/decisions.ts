// Each answer of a person with what was replied: the same id twice is one decision.
import type { DecisionInput } from '@petrov/core/engine';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

export const StoredReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), says: z.string() }),
  z.object({ ok: z.literal(false), code: z.string(), says: z.string() }),
]);
export type StoredReply = z.infer<typeof StoredReply>;

const Row = z.object({
  proposal: z.string(),
  kind: z.string(),
  revision: z.number(),
  actor: z.string(),
  reply: StoredReply,
});
export type StoredDecision = z.infer<typeof Row>;

/** False when the id is taken: nothing was written. */
export async function insertDecision(
  client: PoolClient,
  decision: DecisionInput,
  reply: StoredReply,
  atMs: number,
): Promise<boolean> {
  const { proof, ...request } = decision;
  const { rowCount } = await client.query(
    `INSERT INTO decisions (id, proposal, kind, revision, actor, at_ms, request, reply)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING`,
    [
      decision.id,
      decision.proposal,
      decision.kind,
      decision.revision,
      decision.actor.id,
      atMs,
      JSON.stringify({ ...request, proof: proof.kind }),
      JSON.stringify(reply),
    ],
  );
  return rowCount === 1;
}

export async function findDecision(pool: Pool, id: string): Promise<StoredDecision | undefined> {
  const { rows } = await pool.query('SELECT proposal, kind, revision, actor, reply FROM decisions WHERE id = $1', [id]);
  return rows.length === 0 ? undefined : Row.parse(rows[0]);
}
