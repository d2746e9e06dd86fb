// Asks the servers: every member at once over one short connection each, then the primary for what is told nowhere else. A
// server that doesn't answer is told with its reason; nothing here waits longer than its bound.
import type { ReadinessFacts, ServerFacts, Told } from '@petrov/core/readiness';
import { explainFailure, withConnection } from '@petrov/runtime/postgres';
import { type Ask, READ_WITHIN_MS, type Reach } from '../drivers/facts.ts';
import { askDatabases, askHeartbeats, askServer, askUnlogged, type Heartbeat } from './questions.ts';

/** Unlogged tables are counted in each database by a connection to it, one after the other: so many, no more. */
const DATABASES_MAX = 20;

type Server = { readonly cluster: string; readonly member: string; readonly database?: string };

export async function readServers(reach: Reach, cluster: string): Promise<ReadonlyMap<string, Told<ServerFacts>>> {
  const { members } = reach.cluster(cluster);
  return new Map(
    await Promise.all(
      members.map(async ({ id }) => [id, await tell(reach, { cluster, member: id }, askServer)] as const),
    ),
  );
}

export async function readHeartbeats(reach: Reach, primary: Server | undefined): Promise<Told<Heartbeat[]>> {
  return primary === undefined ? noPrimary : await tell(reach, primary, askHeartbeats);
}

export async function readUnlogged(reach: Reach, primary: Server | undefined): Promise<ReadinessFacts['unlogged']> {
  if (primary === undefined) return noPrimary;
  const databases = await tell(reach, primary, askDatabases);
  if (!databases.ok) return databases;
  let tables = 0;
  const unread: string[] = [];
  for (const [index, { name, may }] of databases.value.entries()) {
    const counted = may && index < DATABASES_MAX && (await tell(reach, { ...primary, database: name }, askUnlogged));
    if (counted && counted.ok) tables += counted.value;
    else unread.push(name);
  }
  return { ok: true, value: { tables, unreadDatabases: unread } };
}

const noPrimary = { ok: false, says: 'no primary answers' } as const;

async function tell<T>(reach: Reach, of: Server, ask: (ask: Ask) => Promise<T>): Promise<Told<T>> {
  const target = reach.target(of.cluster, of.member);
  const { database = target.database } = of;
  try {
    return { ok: true, value: await withConnection({ ...target, database }, READ_WITHIN_MS, ask) };
  } catch (error) {
    return { ok: false, says: explainFailure(error).says };
  }
}
