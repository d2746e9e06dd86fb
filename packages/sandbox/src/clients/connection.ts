// A connection as an application would use it with target_session_attrs=read-write: members in turn, one second each,
// the first that takes writes is kept. Every call ends: on a deadline the socket is destroyed, not said goodbye to.
import { Client } from 'pg';
import { monotonicMs } from '../wait.ts';

export interface Target {
  readonly id: string;
  readonly host: string;
  readonly port: number;
}

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** What one of an application's connections remembers from attempt to attempt. */
export interface ConnectState {
  readonly first: string | undefined;
  readonly waiting: Map<string, Client>;
  readonly resting: Map<string, number>;
}

export interface Connection {
  readonly member: string;
  readonly client: Client;
}

const CONNECT_MS = 1_000;
const STATEMENT_MS = 2_000;
/** A member that gave no session in time is left alone for a while: attempts that are given up are work for it too. */
const REST_MS = 1_500;

/**
 * Undefined when no member takes writes. Begins with the member `first`, if given. Sessions with members that only read are
 * kept in `waiting` and asked again the next time: a new session for each look would be a load that no standby needs.
 */
export async function connectForWrites(
  targets: readonly Target[],
  login: Login,
  { first, waiting, resting }: ConnectState,
): Promise<Connection | undefined> {
  const inTurn = targets.toSorted((left, right) => Number(right.id === first) - Number(left.id === first));
  for (const target of inTurn) {
    const client = waiting.get(target.id) ?? (await openUnlessResting(target, login, resting));
    if (client === undefined) continue;
    waiting.delete(target.id);
    if (await takesWrites(client)) {
      closeAll(waiting);
      return { member: target.id, client };
    }
    if (isOpen(client)) waiting.set(target.id, client);
    else close(client);
  }
  return undefined;
}

async function openUnlessResting(target: Target, login: Login, resting: Map<string, number>) {
  if (monotonicMs() < (resting.get(target.id) ?? 0)) return undefined;
  const startedMs = monotonicMs();
  const client = await open(target, login);
  const isLate = client === undefined && monotonicMs() - startedMs >= CONNECT_MS * 0.9;
  if (isLate) resting.set(target.id, monotonicMs() + REST_MS);
  return client;
}

export function closeAll(waiting: Map<string, Client>): void {
  for (const client of waiting.values()) close(client);
  waiting.clear();
}

export function isOpen(client: Client): boolean {
  const { stream } = (
    client as unknown as { connection: { stream: { readonly destroyed: boolean; readonly writable: boolean } } }
  ).connection;
  return !stream.destroyed && stream.writable;
}

/** Undefined when the member can't be reached within a second. */
export async function open(target: Target, login: Login): Promise<Client | undefined> {
  const client = new Client({
    ...login,
    host: target.host,
    port: target.port,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: 'writer',
  });
  client.on('error', () => undefined); // shows at the next statement
  try {
    await client.connect();
    return client;
  } catch {
    // Down, frozen, cut off or out of connections: to an application it's all the same, it tries the next.
    close(client);
    return undefined;
  }
}

export async function takesWrites(client: Client): Promise<boolean> {
  try {
    const { rows } = await client.query<{ can: boolean }>(
      "SELECT NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::bool AS can",
    );
    return rows[0]?.can === true;
  } catch {
    return false; // lost between connecting and asking
  }
}

/** Not `end()`: on a network that drops everything it would never return. */
export function close(client: Client): void {
  const { stream } = (client as unknown as { connection: { stream: { destroy(): void } } }).connection;
  stream.destroy();
}
