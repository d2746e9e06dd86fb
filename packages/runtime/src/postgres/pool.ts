// A pool for a store of our own: every connect, query and statement is bounded, and a broken idle connection is logged
// instead of ending the process.
import pg from 'pg';
import type { Logger } from 'pino';

export type PoolSettings = {
  /** `postgres://…`; or the parts below. */
  readonly url?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly applicationName: string;
  readonly log: Logger;
  readonly max?: number;
  readonly connectTimeoutMs?: number;
  readonly queryTimeoutMs?: number;
};

export function createPool(settings: PoolSettings): pg.Pool {
  const queryTimeoutMs = settings.queryTimeoutMs ?? 10_000;
  const { url, host, port, user, password, database } = settings;
  const pool = new pg.Pool({
    ...(url === undefined ? { host, port, user, password, database } : { connectionString: url }),
    application_name: settings.applicationName,
    max: settings.max ?? 10,
    connectionTimeoutMillis: settings.connectTimeoutMs ?? 2_000,
    query_timeout: queryTimeoutMs,
    statement_timeout: queryTimeoutMs,
    idleTimeoutMillis: 30_000,
    // What is asked without waiting is sent without waiting; answers come in order.
    pipeline: true,
  });
  // A connection that breaks while it's lent out has no other listener: its query's error is the one that counts.
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', (error) => settings.log.warn({ err: error }, 'an idle connection to postgres broke'));
  return pool;
}

/** Commits what `work` did, or rolls all of it back when it throws. A connection whose rollback fails is closed. */
export async function transaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
