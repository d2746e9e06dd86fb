// What others ask of the record: a page of it, whether it's whole, all of it as a file, one more entry.
import {
  type ChainAnswer,
  type ChainedEntry,
  checkCheckpoint,
  checkEntry,
  checkpointLine,
  EMPTY_CHECK,
  endCheck,
  entryLine,
  headerLine,
  type SignedCheckpoint,
} from '@petrov/core/audit';
import { AuditEntryView, type AuditPage } from '@petrov/core/wire';
import { transaction } from '@petrov/runtime/postgres';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { AuditReader } from '../api/deps.ts';
import { appendAudit } from './append.ts';
import { compareWithSeen, type HeadMemory } from './head-memory.ts';
import type { AuditKit } from './kit.ts';
import { entryColumns, type RawEntry, readRecord, toRawEntry } from './read.ts';

type AuditQuery = Parameters<AuditReader['page']>[0];
type Deps = {
  readonly pool: Pool;
  readonly kit: AuditKit;
  readonly nowMs: () => number;
  readonly onAppended: (entry: AuditEntryView) => void;
  readonly head: HeadMemory;
};

export function createAuditReader(deps: Deps): AuditReader {
  return {
    page: (query) => readPage(deps.pool, query),
    verify: () => verifyRecord(deps.pool, deps.kit, deps.head.newest()),
    exportLines: () => exportLines(deps.pool, deps.kit),
    append: async (draft) => {
      const appended = await transaction(deps.pool, (client) => appendAudit(client, [draft], deps.kit, deps.nowMs()));
      for (const entry of appended) deps.onAppended(entry);
    },
  };
}

/** In bounded memory, whatever the record's length; stops at the first bad entry. */
export async function verifyRecord(
  pool: Pool,
  kit: AuditKit,
  seen: ReturnType<HeadMemory['newest']>,
): Promise<ChainAnswer> {
  let check = EMPTY_CHECK;
  for await (const item of readRecord(pool)) {
    check = item.kind === 'entry' ? checkEntry(check, item.raw, kit) : checkCheckpoint(check, item.raw, kit);
    if (check.bad) break;
  }
  return compareWithSeen(endCheck(check, kit), check.head, seen);
}

async function* exportLines(pool: Pool, kit: AuditKit): AsyncGenerator<string> {
  yield headerLine({ origin: kit.origin, publicKey: kit.publicKey });
  for await (const { kind, raw } of readRecord(pool)) {
    // Written as found: an export of a damaged record must show the damage, not hide it.
    yield kind === 'entry'
      ? entryLine({ entry: raw.entry, hash: raw.hash } as ChainedEntry)
      : checkpointLine(raw as SignedCheckpoint);
  }
}

const Total = z.object({ total: z.coerce.number() });

async function readPage(pool: Pool, query: AuditQuery): Promise<AuditPage> {
  const values = [query.before ?? null, query.cluster ?? null];
  const { rows } = await pool.query(
    `SELECT ${entryColumns} FROM audit_entries
     WHERE ($1::bigint IS NULL OR seq < $1) AND ($2::text IS NULL OR cluster = $2) ORDER BY seq DESC LIMIT $3`,
    [...values, query.limit + 1],
  );
  const counted = await pool.query(
    'SELECT count(*) AS total FROM audit_entries WHERE $1::text IS NULL OR cluster = $1',
    [query.cluster ?? null],
  );
  const raws = rows.map(toRawEntry);
  const shown = raws.slice(0, query.limit);
  const last = shown.at(-1);
  return {
    entries: shown.map(toPageEntry),
    total: Total.parse(counted.rows[0]).total,
    ...(raws.length > query.limit && last ? { nextBefore: last.seq } : {}),
  };
}

/** A row that was damaged is shown as such: it must not hide the others. */
function toPageEntry({ seq, entry, hash }: RawEntry): AuditEntryView {
  const { prevHash: _, ...rest } = entry;
  const view = AuditEntryView.safeParse({ ...rest, hash });
  if (view.success) return view.data;
  const actor = { kind: 'service', id: 'unknown', name: 'unknown' };
  const says = `Entry ${seq} can't be read: it was changed after it was written. Verify the record.`;
  return { seq, atMs: 0, code: 'unreadable', says, actor, payload: {}, hash: String(hash) };
}
