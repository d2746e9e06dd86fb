// The record as it stands in the database: in portions, in order, entries and their checkpoints unparsed, so that a
// reader that verifies sees what is really there.
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

const PORTION = 500;

export type RawEntry = { readonly seq: number; readonly entry: Record<string, unknown>; readonly hash: unknown };
export type RawCheckpoint = { readonly checkpoint: unknown; readonly signature: unknown };
/** Entries in order; after each the checkpoints that name it; at the end those that name entries which aren't there. */
export type RecordItem =
  | { readonly kind: 'entry'; readonly raw: RawEntry }
  | { readonly kind: 'checkpoint'; readonly raw: RawCheckpoint };

const EntryRow = z.object({
  seq: z.coerce.number(),
  at_ms: z.number(),
  code: z.string(),
  actor: z.unknown(),
  cluster: z.string().nullable(),
  proposal: z.string().nullable(),
  says: z.string(),
  payload: z.unknown(),
  prev_hash: z.string(),
  hash: z.string(),
});
const CheckpointRow = z.object({ seq: z.coerce.number(), checkpoint: z.unknown(), signature: z.string() });

export const entryColumns = 'seq, at_ms, code, actor, cluster, proposal, says, payload, prev_hash, hash';

/** Reads one consistent snapshot; memory stays at one portion whatever the record's length. */
export async function* readRecord(pool: Pool): AsyncGenerator<RecordItem> {
  const client = await pool.connect();
  let done = false;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    yield* readPortions(client);
    await client.query('COMMIT');
    done = true;
  } finally {
    client.release(!done);
  }
}

async function* readPortions(client: PoolClient): AsyncGenerator<RecordItem> {
  let after: number | null = null;
  for (;;) {
    const entries = await readEntries(client, after);
    const last = entries.at(-1)?.seq;
    yield* interleave(entries, await readCheckpoints(client, after, last));
    if (last === undefined) return;
    after = last;
  }
}

async function readEntries(client: PoolClient, after: number | null): Promise<RawEntry[]> {
  const { rows } = await client.query(
    `SELECT ${entryColumns} FROM audit_entries WHERE $1::bigint IS NULL OR seq > $1 ORDER BY seq LIMIT ${PORTION}`,
    [after],
  );
  return rows.map(toRawEntry);
}

async function readCheckpoints(client: PoolClient, after: number | null, upTo: number | undefined) {
  const { rows } = await client.query(
    `SELECT seq, checkpoint, signature FROM audit_checkpoints
     WHERE ($1::bigint IS NULL OR seq > $1) AND ($2::bigint IS NULL OR seq <= $2) ORDER BY seq, id LIMIT ${PORTION * 4}`,
    [after, upTo ?? null],
  );
  return rows.map((row) => CheckpointRow.parse(row));
}

function* interleave(
  entries: readonly RawEntry[],
  checkpoints: readonly z.infer<typeof CheckpointRow>[],
): Generator<RecordItem> {
  let next = 0;
  const upTo = function* (seq: number): Generator<RecordItem> {
    for (let row = checkpoints[next]; row && row.seq <= seq; row = checkpoints[++next]) {
      yield { kind: 'checkpoint', raw: { checkpoint: row.checkpoint, signature: row.signature } };
    }
  };
  for (const raw of entries) {
    yield { kind: 'entry', raw };
    yield* upTo(raw.seq);
  }
  yield* upTo(Number.POSITIVE_INFINITY);
}

export function toRawEntry(row: unknown): RawEntry {
  const { at_ms: atMs, prev_hash: prevHash, hash, cluster, proposal, ...rest } = EntryRow.parse(row);
  const entry = {
    ...rest,
    atMs,
    prevHash,
    ...(cluster === null ? {} : { cluster }),
    ...(proposal === null ? {} : { proposal }),
  };
  return { seq: rest.seq, entry, hash };
}
