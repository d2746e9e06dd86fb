// What a failover of this primary would cost, as an SQL expression: told along each time, since it can be asked no more when
// it matters. Slots as JSON: a column that a version doesn't have is a key that isn't there. Needs pg_monitor.

const SLOTS_MAX = 20;

export const INVENTORY_SQL = `(SELECT json_build_object(
  'logicalSlots', coalesce((SELECT json_agg(slot->>'slot_name') FROM (
    SELECT to_jsonb(known) AS slot FROM pg_replication_slots AS known
    WHERE slot_type = 'logical' AND NOT temporary ORDER BY slot_name LIMIT ${SLOTS_MAX}) AS slots
    WHERE NOT coalesce((slot->>'failover')::bool, false)), '[]'),
  'preparedTransactions', (SELECT count(*)::int FROM pg_prepared_xacts),
  'rewind', CASE WHEN current_setting('full_page_writes') <> 'on' THEN 'no-full-page-writes'
    WHEN current_setting('data_checksums') = 'on' OR current_setting('wal_log_hints') = 'on' THEN 'possible'
    ELSE 'no-hints' END,
  'archive', CASE WHEN current_setting('archive_mode') = 'off' THEN 'off'
    WHEN (SELECT last_failed_time IS NOT NULL AND (last_archived_time IS NULL OR last_failed_time > last_archived_time)
          FROM pg_stat_archiver) THEN 'failing'
    ELSE 'on' END))`;

/** Would it archive its WAL, were it the primary. */
export const ARCHIVES_SQL = `(current_setting('archive_mode') <> 'off'
  AND (current_setting('archive_command') NOT IN ('', '(disabled)')
       OR coalesce(current_setting('archive_library', true), '') <> ''))`;
