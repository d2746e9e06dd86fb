// What the engine starts from after a stop: clusters, proposals that haven't ended, and their runs with journals. A row
// that can't be read stops the start, since acting on half a memory is worse than not starting.
import { ClusterRecord } from '@petrov/core/engine';
import type { Run } from '@petrov/core/journal';
import type { Proposal } from '@petrov/core/proposal';
import type { Pool } from 'pg';
import { readProposals, readRecord, readRuns } from './read-back.ts';

export type Restored = {
  readonly clusters: ClusterRecord[];
  readonly proposals: Proposal[];
  readonly runs: Run[];
};

const endedStates = ['succeeded', 'abandoned', 'failed', 'rejected', 'expired', 'withdrawn', 'superseded'] as const;

export async function restore(pool: Pool): Promise<Restored> {
  const clusters = await pool.query('SELECT cluster AS id, record FROM clusters ORDER BY cluster');
  const unended = 'WHERE p.state <> ALL ($1) GROUP BY r.id, p.id ORDER BY r.started_at_ms';
  return {
    clusters: clusters.rows.map((row) => readRecord('clusters', row, ClusterRecord)),
    proposals: await readProposals(pool, 'WHERE state <> ALL ($1) ORDER BY opened_at_ms', [endedStates]),
    runs: (await readRuns(pool, unended, [endedStates])).map(({ run }) => run),
  };
}
