// Rows of proposals and runs as what they were. Each is parsed; one that can't be read is a fault with its place.
import { JournalEvent, Run } from '@petrov/core/journal';
import { Proposal } from '@petrov/core/proposal';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { RunSeen } from '../api/deps.ts';

export class UnreadableRow extends Error {
  readonly code = 'unreadable-row';
  constructor(place: string, why: string) {
    super(
      `The store can't be read at ${place}: ${why}. It was changed by hand or is damaged: restore it from a backup.`,
    );
  }
}

/** `tail` is the statement's end, written in this folder: never anything from outside. */
export async function readProposals(pool: Pool, tail: string, values: readonly unknown[]): Promise<Proposal[]> {
  const { rows } = await pool.query(`SELECT id, record FROM proposals ${tail}`, [...values]);
  return rows.map((row) => readRecord('proposals', row, Proposal));
}

/** Each with the proposal it was approved by, both as of one moment: what is told of one depends on the other. */
export async function readRuns(pool: Pool, tail: string, values: readonly unknown[]): Promise<RunSeen[]> {
  const { rows } = await pool.query(
    `SELECT r.id, r.record, p.record AS proposal,
       coalesce(jsonb_agg(jsonb_build_object('seq', j.seq, 'event', j.event) ORDER BY j.seq)
         FILTER (WHERE j.run IS NOT NULL), '[]') AS journal
     FROM runs r JOIN proposals p ON p.id = r.proposal LEFT JOIN journal j ON j.run = r.id ${tail}`,
    [...values],
  );
  return rows.map(readRun);
}

export async function findProposal(pool: Pool, id: string): Promise<Proposal | undefined> {
  return (await readProposals(pool, 'WHERE id = $1', [id]))[0];
}

export async function findRun(pool: Pool, id: string): Promise<RunSeen | undefined> {
  return (await readRuns(pool, 'WHERE r.id = $1 GROUP BY r.id, p.id', [id]))[0];
}

const Row = z.object({ id: z.string(), record: z.record(z.string(), z.unknown()) });
const RunRow = Row.extend({
  proposal: z.unknown(),
  journal: z.array(z.object({ seq: z.number(), event: JournalEvent })),
});

function readRun(raw: unknown): RunSeen {
  const row = readOne('runs', raw, RunRow);
  const first = row.journal[0]?.seq ?? 0;
  const gap = row.journal.findIndex((one, index) => one.seq !== first + index);
  if (gap !== -1) throw new UnreadableRow(`journal, run ${row.id}`, `event ${first + gap} is missing`);
  const run = readOne(`runs, row ${row.id}`, { ...row.record, journal: row.journal.map((one) => one.event) }, Run);
  return { run, proposal: readOne(`proposals, row ${run.proposal}`, row.proposal, Proposal) };
}

export function readRecord<T>(table: string, raw: unknown, schema: z.ZodType<T>): T {
  const row = readOne(table, raw, Row);
  return readOne(`${table}, row ${row.id}`, row.record, schema);
}

function readOne<T>(place: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UnreadableRow(place, z.prettifyError(parsed.error));
}
