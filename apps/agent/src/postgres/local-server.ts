// This host's own Postgres, asked as a local superuser over its unix socket.
import type { AgentConfig, MemberFacts } from '@petrov/core/wire';
import { Lsn } from '@petrov/core/cluster';
import { type Answer, Connection, type Target, TIMELINE_SQL, withConnection } from '@petrov/runtime/postgres';
import { z } from 'zod';

const CONNECT_MS = 1_000;
const QUERY_MS = 2_000;

export type AskLocal = (text: string) => Promise<Answer>;

const factsQuery = `
SELECT pg_is_in_recovery() AS in_recovery, ${TIMELINE_SQL} AS timeline,
  pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed,
  CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_current_wal_lsn() END AS lsn,
  CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
  w.status, w.sender_host, w.sender_port
FROM (SELECT 1) one LEFT JOIN pg_stat_wal_receiver w ON true`;

const Row = z.object({
  in_recovery: z.boolean(),
  timeline: z.number().int().nullable(),
  received: Lsn.nullable(),
  replayed: Lsn.nullable(),
  lsn: Lsn.nullable(),
  paused: z.boolean(),
  system_identifier: z.string(),
  status: z.string().nullable(),
  sender_host: z.string().nullable(),
  sender_port: z.number().nullable(),
});

export function localTarget(config: AgentConfig): Target {
  return {
    host: config.socketDirectory,
    port: config.port,
    user: config.superuser,
    database: 'postgres',
    applicationName: `petrov-agent-${config.member}`,
    options: '-c synchronous_commit=local',
  };
}

export function openLocal(config: AgentConfig): Promise<Connection> {
  return Connection.open(localTarget(config), CONNECT_MS);
}

export function askLocally<T>(config: AgentConfig, work: (ask: AskLocal) => Promise<T>): Promise<T> {
  return withConnection(localTarget(config), { connectMs: CONNECT_MS, queryMs: QUERY_MS }, work);
}

export async function readFacts(ask: AskLocal, config: AgentConfig): Promise<MemberFacts> {
  const row = Row.parse((await ask(factsQuery)).rows[0]);
  const upstream = config.peers.find(({ host, port }) => host === row.sender_host && port === row.sender_port)?.id;
  return {
    postgres: 'running',
    inRecovery: row.in_recovery,
    systemIdentifier: row.system_identifier,
    replayPaused: row.paused,
    ...(row.timeline === null ? {} : { timeline: row.timeline }),
    ...(row.received === null ? {} : { receivedLsn: row.received }),
    ...(row.replayed === null ? {} : { replayedLsn: row.replayed }),
    ...(row.lsn === null ? {} : { lsn: row.lsn }),
    ...(row.status === null ? {} : { receiverStatus: row.status }),
    ...(upstream === undefined ? {} : { upstream }),
  };
}
