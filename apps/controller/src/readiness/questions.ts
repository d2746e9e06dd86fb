// What a server is asked for readiness: one statement, by a role with pg_monitor. Of settings that may hold a secret
// (primary_conninfo, archive_command) the server says only what matters of them: their text never leaves it.
import { ServerFacts } from '@petrov/core/readiness';
import { z } from 'zod';
import type { Ask } from '../drivers/facts.ts';

const SETTINGS = [
  'data_checksums',
  'wal_log_hints',
  'full_page_writes',
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
  'max_replication_slots',
  'wal_keep_size',
  'primary_slot_name',
  'recovery_min_apply_delay',
  'max_standby_streaming_delay',
  'archive_mode',
  'synchronous_standby_names',
  'synchronous_commit',
] as const;

// Slots as JSON: a column that this version doesn't have is then a key that isn't there. Without an application_name in it,
// a standby is known by its cluster_name.
const aboutServer = `
  SELECT json_build_object(
    'versionNum', current_setting('server_version_num')::int,
    'inRecovery', recovery,
    'settings', (SELECT json_object_agg(name, setting) FROM pg_settings
                 WHERE name IN (${SETTINGS.map((name) => `'${name}'`).join(', ')})),
    'conninfo', json_build_object(
      'isSet', conninfo <> '',
      'hasCredentials', conninfo ~* '\\m(passfile|password|sslcert|service)\\s*=',
      'applicationName', coalesce(substring(conninfo from 'application_name\\s*=\\s*''?([^\\s'']+)'),
                                  nullif(current_setting('cluster_name'), ''), 'walreceiver')),
    'hasArchiveCommand', current_setting('archive_command') NOT IN ('', '(disabled)')
                         OR coalesce(current_setting('archive_library', true), '') <> '',
    'slots', coalesce((SELECT json_agg(json_build_object(
                'name', slot->>'slot_name', 'kind', slot->>'slot_type', 'isActive', (slot->>'active')::bool,
                'isTemporary', (slot->>'temporary')::bool, 'isFailover', coalesce((slot->>'failover')::bool, false),
                'keptBytes', pg_wal_lsn_diff(position, (slot->>'restart_lsn')::pg_lsn)))
              FROM (SELECT to_jsonb(known) AS slot FROM pg_replication_slots AS known) AS slots), '[]'),
    'archiver', (SELECT json_build_object(
                   'isFailing', last_failed_time IS NOT NULL
                                AND (last_archived_time IS NULL OR last_failed_time > last_archived_time),
                   'lastFailedWal', last_failed_wal) FROM pg_stat_archiver),
    'isReplayPaused', CASE WHEN recovery THEN pg_is_wal_replay_paused() ELSE false END,
    'isReceiving', EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'),
    'longestTransaction', (SELECT json_build_object('pid', pid, 'seconds', extract(epoch FROM clock_timestamp() - xact_start))
                           FROM pg_stat_activity
                           WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
                           ORDER BY xact_start LIMIT 1),
    'preparedTransactions', (SELECT count(*) FROM pg_prepared_xacts)) AS facts
  FROM (SELECT pg_is_in_recovery() AS recovery, current_setting('primary_conninfo') AS conninfo,
          CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
               ELSE pg_current_wal_lsn() END AS position) AS here`;

const ServerRow = z.object({ facts: ServerFacts });

export async function askServer(ask: Ask): Promise<ServerFacts> {
  const { rows } = await ask(aboutServer);
  return ServerRow.parse(rows[0]).facts;
}

const Heartbeat = z.object({ witness: z.string(), ageMs: z.number() });
export type Heartbeat = z.infer<typeof Heartbeat>;

/** Ages by the server's own clock. A witness whose row is younger than that clock has just written it. */
export async function askHeartbeats(ask: Ask): Promise<Heartbeat[]> {
  const { rows } = await ask(`
    SELECT witness, greatest(0, extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS "ageMs" FROM heartbeat`);
  return rows.map((row) => Heartbeat.parse(row));
}

const DatabaseRow = z.object({ name: z.string(), may: z.boolean() });
type Database = z.infer<typeof DatabaseRow>;

export async function askDatabases(ask: Ask): Promise<Database[]> {
  const { rows } = await ask(`
    SELECT datname AS name, has_database_privilege(datname, 'CONNECT') AS may FROM pg_database
    WHERE datallowconn AND NOT datistemplate ORDER BY datname`);
  return rows.map((row) => DatabaseRow.parse(row));
}

const CountRow = z.object({ tables: z.number().int() });

export async function askUnlogged(ask: Ask): Promise<number> {
  const { rows } = await ask(
    `SELECT count(*)::int AS tables FROM pg_class WHERE relpersistence = 'u' AND relkind IN ('r', 'p', 'm')`,
  );
  return CountRow.parse(rows[0]).tables;
}
