// What the store keeps of proposals and runs, ended ones too: for people who look back.
import { Revision } from '@petrov/core/proposal';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { RecordReader } from '../api/deps.ts';
import { findProposal, findRun, readProposals, readRuns } from './read-back.ts';

const HistoryRow = z.object({ record: Revision.pick({ number: true, atMs: true, changes: true }) });

export function createRecordReader(pool: Pool): RecordReader {
  return {
    proposals: (limit) => readProposals(pool, 'ORDER BY opened_at_ms DESC LIMIT $1', [limit]),
    proposal: (id) => findProposal(pool, id),
    runs: (limit) => readRuns(pool, 'GROUP BY r.id, p.id ORDER BY r.started_at_ms DESC LIMIT $1', [limit]),
    run: (id) => findRun(pool, id),
    revisions: async (id) => {
      const { rows } = await pool.query('SELECT record FROM revisions WHERE proposal = $1 ORDER BY number', [id]);
      return rows.map((row) => HistoryRow.parse(row).record);
    },
  };
}
