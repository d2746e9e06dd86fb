// One `store` effect as one statement inside the caller's transaction. What must not happen twice is refused by a key:
// a second run of an epoch, a second event at a place of a journal.
import type { Effect } from '@petrov/core/engine';
import type { Proposal } from '@petrov/core/proposal';
import type { PoolClient } from 'pg';

export type StoreEffect = Extract<Effect, { type: 'store' }>;

export async function storeEffect(client: PoolClient, effect: StoreEffect): Promise<void> {
  switch (effect.what) {
    case 'cluster':
      await client.query(
        `INSERT INTO clusters (cluster, record) VALUES ($1, $2)
         ON CONFLICT (cluster) DO UPDATE SET record = excluded.record, stored_at = now()`,
        [effect.record.cluster, JSON.stringify(effect.record)],
      );
      return;
    case 'proposal':
      return storeProposal(client, effect.proposal);
    case 'run': {
      const { journal: _, ...record } = effect.run; // the journal has rows of its own
      await client.query(
        `INSERT INTO runs (id, proposal, cluster, epoch, started_at_ms, record) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET record = excluded.record`,
        [record.id, record.proposal, record.cluster, record.plan.epoch, record.startedAtMs, JSON.stringify(record)],
      );
      return;
    }
    case 'journal':
      await client.query('INSERT INTO journal (run, seq, event) VALUES ($1, $2, $3)', [
        effect.run,
        effect.seq,
        JSON.stringify(effect.event),
      ]);
      return;
  }
}

async function storeProposal(client: PoolClient, proposal: Proposal): Promise<void> {
  const stored = client.query(
    `INSERT INTO proposals (id, cluster, state, revision, opened_at_ms, record) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, revision = excluded.revision, record = excluded.record,
       version = proposals.version + 1`,
    [
      proposal.id,
      proposal.cluster,
      proposal.state,
      proposal.revision.number,
      proposal.openedAtMs,
      JSON.stringify(proposal),
    ],
  );
  const revised = client.query(
    'INSERT INTO revisions (proposal, number, record) VALUES ($1, $2, $3) ON CONFLICT (proposal, number) DO NOTHING',
    [proposal.id, proposal.revision.number, JSON.stringify(proposal.revision)],
  );
  await Promise.all([stored, revised]);
}
