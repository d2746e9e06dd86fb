// Which timeline a server is on, as an SQL expression. A primary's comes from its WAL: right after a promotion the control
// file shows the old one. A standby's comes from its receiver; without one from the newest of what it replayed and holds,
// since its control file lags a switch until the next restartpoint. Needs pg_monitor.

export const TIMELINE_SQL = `CASE WHEN pg_is_in_recovery()
  THEN coalesce(
    (SELECT received_tli FROM pg_stat_wal_receiver),
    greatest(
      (SELECT timeline_id FROM pg_control_checkpoint()),
      (SELECT min_recovery_end_timeline FROM pg_control_recovery()),
      (SELECT max(('x' || substr(name, 1, 8))::bit(32)::int) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$')))
  ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END`;
