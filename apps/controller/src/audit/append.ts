// Appends entries inside the caller's transaction, under a lock that makes one line of all writers, and signs where the
// chain then stands. No entry, no effect: an error here must undo the caller's transaction.
import { type ChainedEntry, chainDrafts, checkpointText, EMPTY_HEAD, makeCheckpoint } from '@petrov/core/audit';
import type { AuditDraft } from '@petrov/core/engine';
import type { AuditEntryView } from '@petrov/core/wire';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { AuditKit } from './kit.ts';

const LOCK = 7_274_002;
const Tail = z.object({ seq: z.coerce.number(), hash: z.string() });

const insert = `
  WITH entries AS (
    INSERT INTO audit_entries (seq, at_ms, code, actor, cluster, proposal, says, payload, prev_hash, hash)
    SELECT seq, at_ms, code, actor, cluster, proposal, says, payload, prev_hash, hash FROM jsonb_to_recordset($1)
      AS given (seq bigint, at_ms double precision, code text, actor jsonb, cluster text, proposal text, says text,
                payload jsonb, prev_hash text, hash text))
  INSERT INTO audit_checkpoints (seq, checkpoint, signature) VALUES ($2, $3, $4)`;

export async function appendAudit(
  client: PoolClient,
  drafts: readonly AuditDraft[],
  kit: AuditKit,
  nowMs: number,
): Promise<AuditEntryView[]> {
  if (drafts.length === 0) return [];
  const [, { rows }] = await Promise.all([
    client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]),
    client.query('SELECT seq, hash FROM audit_entries ORDER BY seq DESC LIMIT 1'),
  ]);
  const chained = chainDrafts(drafts, rows.length === 0 ? EMPTY_HEAD : Tail.parse(rows[0]), kit.hash);
  const last = chained.at(-1);
  if (!last) return [];
  const checkpoint = makeCheckpoint(kit.origin, { seq: last.entry.seq, hash: last.hash }, nowMs);
  await client.query(insert, [
    JSON.stringify(chained.map(toRow)),
    checkpoint.seq,
    JSON.stringify(checkpoint),
    kit.sign(checkpointText(checkpoint)),
  ]);
  return chained.map(toView);
}

function toView({ entry, hash }: ChainedEntry): AuditEntryView {
  const { prevHash: _, ...rest } = entry;
  return { ...rest, hash };
}

function toRow({ entry, hash }: ChainedEntry): Record<string, unknown> {
  const { atMs, prevHash, ...rest } = entry;
  return { ...rest, at_ms: atMs, prev_hash: prevHash, hash };
}
