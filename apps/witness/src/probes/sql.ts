// sql: what the server says of itself. The timeline of a primary is read from its WAL: right after a promotion the control
// file still shows the old one.
import { Lsn } from '@petrov/core/cluster';
import { TIMELINE_SQL } from '@petrov/runtime/postgres';
import { z } from 'zod';
import { type AnswerOf, type Ask, sqlFailure } from '../probe.ts';

const query = `
SELECT r.in_recovery,
  current_setting('transaction_read_only') = 'on' AS read_only,
  ${TIMELINE_SQL} AS timeline,
  CASE WHEN r.in_recovery THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn,
  (SELECT system_identifier::text FROM pg_control_system()) AS system_id,
  extract(epoch FROM pg_postmaster_start_time()) * 1000 AS started_at_ms
FROM (SELECT pg_is_in_recovery() AS in_recovery) r`;

const Row = z.object({
  in_recovery: z.boolean(),
  read_only: z.boolean(),
  timeline: z.number().int().nullable(),
  lsn: Lsn.nullable(),
  system_id: z.string(),
  started_at_ms: z.coerce.number(),
});

export type SqlSession = 'new' | 'persistent';

export const sql = {
  probe: 'sql',
  async ask(ask: Ask, session: SqlSession): Promise<AnswerOf<'sql'>> {
    const row = Row.parse((await ask(query)).rows[0]);
    const facts = {
      inRecovery: row.in_recovery,
      readOnly: row.read_only,
      systemId: row.system_id,
      startedAtMs: Math.round(row.started_at_ms),
      session,
      ...(row.timeline === null ? {} : { timeline: row.timeline }),
      ...(row.lsn === null ? {} : { lsn: row.lsn }),
    };
    return { probe: 'sql', outcome: 'ok', facts };
  },
  failed(error: unknown, session: SqlSession): AnswerOf<'sql'> {
    const { outcome, facts } = sqlFailure(error);
    return { probe: 'sql', outcome, facts: { ...facts, session } };
  },
} as const;
