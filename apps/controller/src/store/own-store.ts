// Petrov's own store must never be a guarded server: a failover of it would take the judge down with the judged.
import type { Pool } from 'pg';
import { z } from 'zod';

export class GuardedStore extends Error {
  readonly code = 'guarded-store';
  constructor(cluster: string) {
    super(
      `The store is a member of the guarded cluster "${cluster}" (same system identifier): give Petrov a Postgres of its own in "store.url".`,
    );
  }
}

export async function readSystemIdentifier(pool: Pool): Promise<string> {
  const { rows } = await pool.query('SELECT system_identifier::text AS id FROM pg_control_system()');
  return z.object({ id: z.string() }).parse(rows[0]).id;
}

export function refuseGuardedStore(
  own: string,
  guarded: readonly { cluster: string; systemIdentifier?: string | undefined }[],
) {
  const same = guarded.find((one) => one.systemIdentifier === own);
  if (same) throw new GuardedStore(same.cluster);
}
