// Which controller owns the store. Taking it over makes every older one's commits fail: a fencing token for the engine.
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

export class StoreLost extends Error {
  readonly code = 'store-lost';
  constructor() {
    super(
      'Another controller was started on this store and took it over: this one decides nothing any more. Stop one of the two.',
    );
  }
}

const Count = z.object({ commits: z.coerce.number() });

export async function takeOver(pool: Pool, bootId: string): Promise<void> {
  await pool.query(
    `INSERT INTO engine_owner (boot_id) VALUES ($1)
     ON CONFLICT (only_one) DO UPDATE SET boot_id = excluded.boot_id, commits = 0, since = now()`,
    [bootId],
  );
}

/** Locks the owner's row for this transaction and counts it. */
export async function countCommit(client: PoolClient, bootId: string): Promise<number> {
  const { rows } = await client.query(
    'UPDATE engine_owner SET commits = commits + 1 WHERE boot_id = $1 RETURNING commits',
    [bootId],
  );
  if (rows.length === 0) throw new StoreLost();
  return Count.parse(rows[0]).commits;
}

/** Waits for a transaction of ours that is still open or being committed: its row lock says so. */
export async function readCommits(pool: Pool, bootId: string): Promise<number> {
  const { rows } = await pool.query('SELECT commits FROM engine_owner WHERE boot_id = $1 FOR UPDATE', [bootId]);
  if (rows.length === 0) throw new StoreLost();
  return Count.parse(rows[0]).commits;
}

/** A write that changes nothing: does the store take writes, and is it still ours? */
export async function touchOwner(pool: Pool, bootId: string): Promise<void> {
  const { rowCount } = await pool.query('UPDATE engine_owner SET since = since WHERE boot_id = $1', [bootId]);
  if (rowCount === 0) throw new StoreLost();
}
