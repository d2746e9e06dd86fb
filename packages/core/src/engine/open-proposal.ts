// A question is opened: numbered by the cluster's record, with its first revision, on the record, paged.
import type { Assessment } from '../assessment/index.ts';
import type { Plan, Request } from '../plan/index.ts';
import type { Proposal } from '../proposal/index.ts';
import type { Effect } from './io.ts';
import type { Judged } from './judge.ts';
import { pageProposal } from './pages.ts';
import { makeRevision } from './revise.ts';
import type { ClusterState, EngineState } from './state.ts';

export type Opening = {
  readonly assessment: Assessment;
  readonly plan: Plan;
  readonly nowMs: number;
  readonly request?: Request | undefined;
  /** Its entry on the record. */
  readonly entry: (proposal: Proposal) => Effect;
};

export function openProposal(state: EngineState, cluster: ClusterState, made: Opening): Judged {
  const { nowMs, assessment, plan, request, entry } = made;
  const number = cluster.record.proposalsOpened + 1;
  const id = `${cluster.topology.id}-p${number}`;
  const revision = makeRevision(state, cluster, { number: 1, nowMs, assessment, plan, changes: [] });
  const isWarned = request === undefined && cluster.pagedVerdict !== undefined;
  const proposal: Proposal = {
    id,
    cluster: cluster.topology.id,
    environment: cluster.topology.environment,
    episode: isWarned ? (cluster.pagedVerdict?.episode ?? id) : id,
    openedAtMs: nowMs,
    expiresAtMs: Math.max(nowMs, request?.notBeforeMs ?? nowMs) + cluster.policy.proposalExpiryMs,
    revision,
    decisions: [],
    state: 'open',
    ...(request === undefined ? {} : { request }),
  };
  const { rejectedCase, ...kept } = cluster.record;
  const stays = request === undefined || rejectedCase === undefined ? {} : { rejectedCase };
  const record = { ...kept, ...stays, proposalsOpened: number };
  return {
    cluster: {
      ...cluster,
      record,
      proposal,
      differs: undefined,
      isRevisionDue: undefined,
      history: [{ number: 1, atMs: nowMs, changes: [] }],
      ...(request === undefined ? { pagedVerdict: undefined } : {}),
    },
    effects: [
      { type: 'store', what: 'cluster', record },
      { type: 'store', what: 'proposal', proposal },
      entry(proposal),
      pageProposal(proposal, 'raised'),
    ],
  };
}
