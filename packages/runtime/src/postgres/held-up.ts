// Who holds up replay at a standby, as an SQL expression: null while replay waits for nobody. Where the startup process waits
// for a lock it's the holders; where it waits for a snapshot or a pin the server doesn't tell for whose, so those that have
// held a snapshot for a second or more, the oldest first. Needs pg_monitor.

export const HELD_UP_SQL = `(
  SELECT json_agg(json_build_object('pid', pid, 'user', usename, 'forMs', for_ms) ORDER BY for_ms DESC)
  FROM (
    SELECT other.pid, other.usename, round(extract(epoch FROM clock_timestamp() - other.xact_start) * 1000)::float8 AS for_ms
    FROM (SELECT pid, wait_event_type = 'Lock' AS is_lock FROM pg_stat_activity
          WHERE backend_type = 'startup'
            AND (wait_event_type IN ('Lock', 'BufferPin') OR wait_event LIKE 'RecoveryConflict%')) AS startup
    JOIN pg_stat_activity AS other ON other.backend_type = 'client backend' AND other.xact_start IS NOT NULL
    WHERE CASE WHEN is_lock THEN EXISTS (
      SELECT FROM pg_locks AS asked JOIN pg_locks AS held
        ON held.locktype = asked.locktype AND held.database IS NOT DISTINCT FROM asked.database
        AND held.relation IS NOT DISTINCT FROM asked.relation
      WHERE asked.pid = startup.pid AND NOT asked.granted AND held.granted AND held.pid = other.pid)
      ELSE other.backend_xmin IS NOT NULL AND other.xact_start < clock_timestamp() - interval '1 s' END
      AND other.pid <> pg_backend_pid()
    ORDER BY other.xact_start LIMIT 5) AS holders)`;
