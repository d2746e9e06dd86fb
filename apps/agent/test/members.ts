// For the tests: commands to members by name, and what their servers say of themselves.
import type { AgentResult } from '@petrov/core/wire';
import type { TestPostgres } from '@petrov/runtime/testing';
import type { Engine } from './engine.ts';

/** Each command has an id of its own and the given epoch. */
export function commandsOf(engine: Engine, epoch: number) {
  let number = 0;
  return (member: string, verb: string, args: Record<string, unknown>, ttlMs = 10_000): Promise<AgentResult> =>
    engine.command(member, { id: `run/${verb}/${(number += 1)}`, verb, args, epoch, ttlMs });
}

export const peerOf = (server: TestPostgres, id: string) => ({
  id,
  host: '127.0.0.1',
  port: server.port,
  user: 'postgres',
  database: 'postgres',
  applicationName: id.replace('-', '_'),
});

/** Up to where it has WAL on disk. */
export async function positionOf(server: TestPostgres): Promise<string> {
  const sql = `SELECT CASE WHEN pg_is_in_recovery()
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_flush_lsn() END AS lsn`;
  return String((await server.sql(sql))[0]?.['lsn']);
}

/** Undefined when it has no receiver that streams. */
export async function receiverPid(server: TestPostgres): Promise<unknown> {
  return (await server.sql("SELECT pid FROM pg_stat_wal_receiver WHERE status = 'streaming'"))[0]?.['pid'];
}
