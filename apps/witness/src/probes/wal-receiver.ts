// wal-receiver: a standby's testimony about its upstream. The status is derived, never just the word: a frozen upstream
// stays `streaming` for a minute, so message age, received position and the newest heartbeat come with it.
import { Lsn, parseSyncNames } from '@petrov/core/cluster';
import { HeldUpBy, type ReceiverStatus } from '@petrov/core/observation';
import { HELD_UP_SQL, TIMELINE_SQL } from '@petrov/runtime/postgres';
import { z } from 'zod';
import { type AnswerOf, type Ask, type MemberNames, sqlFailure } from '../probe.ts';
import { ARCHIVES_SQL } from '../inventory.ts';

const query = `
SELECT w.status, w.sender_host, w.sender_port,
  extract(epoch FROM clock_timestamp() - w.last_msg_receipt_time) * 1000 AS last_message_age_ms,
  ${TIMELINE_SQL} AS timeline,
  pg_last_wal_receive_lsn() AS received_lsn,
  pg_last_wal_replay_lsn() AS replayed_lsn,
  CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS replay_paused,
  current_setting('primary_conninfo') <> '' AS has_upstream,
  current_setting('synchronous_standby_names') AS sync_names,
  ${HELD_UP_SQL} AS held_up_by,
  ${ARCHIVES_SQL} AS archives,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_id,
  to_regclass('heartbeat') IS NOT NULL AS has_heartbeat
FROM (SELECT 1) one LEFT JOIN pg_stat_wal_receiver w ON true`;

const Row = z.object({
  status: z.string().nullable(),
  sender_host: z.string().nullable(),
  sender_port: z.number().nullable(),
  last_message_age_ms: z.coerce.number().nullable(),
  timeline: z.number().int().nullable(),
  received_lsn: Lsn.nullable(),
  replayed_lsn: Lsn.nullable(),
  replay_paused: z.boolean(),
  has_upstream: z.boolean(),
  sync_names: z.string(),
  archives: z.boolean(),
  held_up_by: HeldUpBy.nullable(),
  system_id: z.string(),
  has_heartbeat: z.boolean(),
});
type Row = z.infer<typeof Row>;
const Beat = z.object({ beat: z.coerce.number().nullable() });

export const walReceiver = {
  probe: 'wal-receiver',
  async ask(ask: Ask, names: MemberNames): Promise<AnswerOf<'wal-receiver'>> {
    const row = Row.parse((await ask(query)).rows[0]);
    const beat = row.has_heartbeat ? await readBeat(ask) : null;
    const facts = { ...receiverFacts(row, names), ...(beat === null ? {} : { beat }) };
    return { probe: 'wal-receiver', outcome: 'ok', facts };
  },
  failed(error: unknown): AnswerOf<'wal-receiver'> {
    return { probe: 'wal-receiver', ...sqlFailure(error) };
  },
} as const;

async function readBeat(ask: Ask): Promise<number | null> {
  return Beat.parse((await ask('SELECT max(beat) AS beat FROM heartbeat')).rows[0]).beat;
}

/** A row → its status; no row and no primary_conninfo → stopped; no row otherwise → connecting. */
export function deriveStatus(status: string | null, hasUpstream: boolean): z.infer<typeof ReceiverStatus> {
  if (status === 'streaming') return 'streaming';
  if (status === 'stopped' || status === 'stopping') return 'stopped';
  if (status !== null) return 'connecting'; // starting, waiting, restarting: not streaming
  return hasUpstream ? 'connecting' : 'stopped';
}

function receiverFacts(row: Row, names: MemberNames): NonNullable<AnswerOf<'wal-receiver'>['facts']> {
  const upstream = row.sender_host === null ? undefined : names.byAddress(row.sender_host, row.sender_port ?? 5432);
  const wait = parseSyncNames(row.sync_names);
  return {
    status: deriveStatus(row.status, row.has_upstream),
    replayPaused: row.replay_paused,
    archives: row.archives,
    systemId: row.system_id,
    ...(row.held_up_by === null ? {} : { heldUpBy: row.held_up_by }),
    ...(wait === undefined ? {} : { commitWait: { ...wait, members: membersOf(wait.names, names) } }),
    ...(upstream === undefined ? {} : { upstream }),
    ...(row.last_message_age_ms === null ? {} : { lastMessageAgeMs: Math.max(0, row.last_message_age_ms) }),
    ...(row.timeline === null ? {} : { timeline: row.timeline }),
    ...(row.received_lsn === null ? {} : { receivedLsn: row.received_lsn }),
    ...(row.replayed_lsn === null ? {} : { replayedLsn: row.replayed_lsn }),
  };
}

function membersOf(listed: readonly string[], names: MemberNames): string[] {
  return listed.flatMap((name) => names.byApplicationName(name) ?? []);
}
