// Brings the store's tables up to date: each migration once, in the order of the list, all in one transaction under a
// lock (two controllers that start together don't race). One that was applied may not change afterwards.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { transaction } from '@petrov/runtime/postgres';
import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { authTables } from '../auth/tables.ts';

const LOCK = 7_274_001;
const Applied = z.object({ name: z.string(), sha256: z.string() });

/** The names applied now; empty when the store was up to date. */
export async function migrate(pool: Pool): Promise<string[]> {
  const list = await readMigrations();
  return transaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const { rows } = await client.query('SELECT name, sha256 FROM migrations');
    const applied = new Map(rows.map((row) => Applied.parse(row)).map((row) => [row.name, row.sha256]));
    refuseUnknown([...applied.keys()], list);
    const now: string[] = [];
    for (const one of list) if (await applyOne(client, one, applied.get(one.name))) now.push(one.name);
    return now;
  });
}

type Migration = { readonly name: string; readonly sql: string; readonly sha256: string };

/** The list: a new one goes to its end. */
async function readMigrations(): Promise<Migration[]> {
  const list = [
    { name: '0001-beginning', sql: await readSql('0001-beginning.sql') },
    { name: '0002-people', sql: authTables },
  ];
  return list.map((one) => ({ ...one, sha256: createHash('sha256').update(one.sql).digest('hex') }));
}

function readSql(name: string): Promise<string> {
  return readFile(new URL(`./migrations/${name}`, import.meta.url), 'utf8');
}

async function applyOne(client: PoolClient, migration: Migration, applied: string | undefined): Promise<boolean> {
  if (applied === migration.sha256) return false;
  if (applied !== undefined) {
    throw new Error(
      `Migration ${migration.name} was changed after it had been applied to this store: add a new one instead.`,
    );
  }
  await client.query(migration.sql);
  await client.query('INSERT INTO migrations (name, sha256) VALUES ($1, $2)', [migration.name, migration.sha256]);
  return true;
}

function refuseUnknown(applied: readonly string[], list: readonly Migration[]): void {
  const unknown = applied.find((name) => !list.some((migration) => migration.name === name));
  if (unknown !== undefined) {
    throw new Error(
      `This store is newer than this program: it has ${unknown}. Start the newer version of Petrov on it.`,
    );
  }
}
