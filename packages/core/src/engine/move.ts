// The two ways in which a run leaves a trace: a journal event, and a transition of its proposal. State and store together.
import type { JournalEvent, Run } from '../journal/index.ts';
import { advance, type Change } from '../proposal/index.ts';
import type { Judged } from './judge.ts';
import type { ClusterState } from './state.ts';

/** Appends to the journal: the state's and the store's. */
export function note(cluster: ClusterState, run: Run, event: JournalEvent): Judged {
  return {
    cluster: { ...cluster, run: { ...run, journal: [...run.journal, event] } },
    effects: [{ type: 'store', what: 'journal', run: run.id, seq: run.journal.length + 1, event }],
  };
}

export function move(cluster: ClusterState, change: Change): Judged {
  const { proposal } = cluster;
  if (proposal === undefined) return { cluster, effects: [] };
  const advanced = advance(proposal, change);
  if (!advanced.ok) throw new Error(advanced.says); // the engine asked for a transition that isn't in the table: a bug
  return {
    cluster: { ...cluster, proposal: advanced.proposal },
    effects: [{ type: 'store', what: 'proposal', proposal: advanced.proposal }],
  };
}
