// One short look at a server over its unix socket, as the superuser that the socket's peer stands for. Always ends.
import { Client, type QueryResultRow } from 'pg';

export interface SocketTarget {
  readonly socketFolder: string;
  readonly port: number;
  readonly database?: string;
  readonly timeoutMs?: number;
}

/** Runs the work over one connection; a server that doesn't answer in time is an error, and nothing stays open. */
export async function withSocket<T>(target: SocketTarget, work: (client: Client) => Promise<T>): Promise<T> {
  const timeoutMs = target.timeoutMs ?? 5_000;
  const client = new Client({
    host: target.socketFolder,
    port: target.port,
    user: 'postgres',
    database: target.database ?? 'postgres',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: 'petrov-sandbox',
  });
  client.on('error', () => undefined); // a connection lost while idle shows at the next query
  try {
    await client.connect();
    return await work(client);
  } finally {
    void client.end().catch(() => undefined); // a frozen server never answers a goodbye
    destroy(client);
  }
}

export async function queryRows<R extends QueryResultRow>(
  target: SocketTarget,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly R[]> {
  return await withSocket(target, async (client) => (await client.query<R>(sql, [...values])).rows);
}

function destroy(client: Client): void {
  const { stream } = (client as unknown as { connection: { stream: { destroySoon(): void; destroy(): void } } })
    .connection;
  stream.destroySoon();
  setTimeout(() => stream.destroy(), 200).unref();
}
