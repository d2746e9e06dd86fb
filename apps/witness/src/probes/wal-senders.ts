// wal-senders: what a primary says of the standbys that are attached to it, whose acknowledgement its commits wait for, how
// many wait, and what it would cost to lose it.
import { Lsn, parseSyncNames } from '@petrov/core/cluster';
import { Inventory } from '@petrov/core/observation';
import { z } from 'zod';
import { type AnswerOf, type Ask, type MemberNames, sqlFailure } from '../probe.ts';
import { INVENTORY_SQL } from '../inventory.ts';

const STANDBYS_MAX = 50;
const query = `
SELECT application_name, state, sync_state, sent_lsn, flush_lsn,
  extract(epoch FROM replay_lag) * 1000 AS replay_lag_ms,
  (SELECT count(*)::int FROM pg_stat_activity WHERE wait_event = 'SyncRep') AS waiting_for_sync,
  current_setting('synchronous_standby_names') AS sync_names,
  ${INVENTORY_SQL} AS inventory
FROM (SELECT 1) one LEFT JOIN pg_stat_replication ON true ORDER BY application_name LIMIT ${STANDBYS_MAX}`;

const Row = z.object({
  application_name: z.string().nullable(),
  state: z.string().nullable(),
  sync_state: z.string().nullable(),
  sent_lsn: Lsn.nullable(),
  flush_lsn: Lsn.nullable(),
  replay_lag_ms: z.coerce.number().nullable(),
  waiting_for_sync: z.number(),
  sync_names: z.string(),
  inventory: Inventory,
});

export const walSenders = {
  probe: 'wal-senders',
  async ask(ask: Ask, names: MemberNames): Promise<AnswerOf<'wal-senders'>> {
    const rows = z.array(Row).parse((await ask(query)).rows);
    const standbys = rows.flatMap((row) => {
      if (row.application_name === null) return [];
      return {
        member: names.byApplicationName(row.application_name) ?? row.application_name,
        state: row.state ?? 'unknown',
        syncState: row.sync_state ?? 'unknown',
        ...(row.sent_lsn === null ? {} : { sentLsn: row.sent_lsn }),
        ...(row.flush_lsn === null ? {} : { flushLsn: row.flush_lsn }),
        ...(row.replay_lag_ms === null ? {} : { replayLagMs: row.replay_lag_ms }),
      };
    });
    const syncNames = parseSyncNames(rows[0]?.sync_names ?? '');
    const facts = {
      standbys,
      waitingForSync: rows[0]?.waiting_for_sync ?? 0,
      ...(rows[0] === undefined ? {} : { inventory: rows[0].inventory }),
      ...(syncNames === undefined
        ? {}
        : { syncStandbys: syncNames.names.map((name) => names.byApplicationName(name) ?? name) }),
    };
    return { probe: 'wal-senders', outcome: 'ok', facts };
  },
  failed(error: unknown): AnswerOf<'wal-senders'> {
    return { probe: 'wal-senders', ...sqlFailure(error) };
  },
} as const;
