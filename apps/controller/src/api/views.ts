// What people see of clusters, proposals and runs: the engine's views, completed by what only the store knows.
import type { Role } from '@petrov/core/approval';
import { type ClusterState, viewCluster, viewProposal, viewRun } from '@petrov/core/engine';
import type { Proposal } from '@petrov/core/proposal';
import type { ClusterView, ProposalView, RunView } from '@petrov/core/wire';
import type { ApiDeps, RunSeen } from './deps.ts';
import { notFound } from './errors.ts';

const LISTED_MAX = 100;

export function readClusters(deps: ApiDeps): ClusterView[] {
  return deps.config.clusters.map((cluster) => readCluster(deps, cluster.id));
}

export function readCluster(deps: ApiDeps, id: string): ClusterView {
  if (!isConfigured(deps, id)) throw notFound('cluster', id);
  return viewCluster(deps.getState(), id, deps.clock.nowMs());
}

/** Newest first. Deliveries and earlier revisions are told with a single proposal, not in the list. */
export async function readProposals(deps: ApiDeps, role: Role): Promise<ProposalView[]> {
  const kept = await deps.records.proposals(LISTED_MAX);
  return kept
    .filter((proposal) => isConfigured(deps, proposal.cluster))
    .map((proposal) => view(deps, findLive(deps, proposal.id) ?? proposal, role));
}

export async function readProposal(deps: ApiDeps, id: string, role: Role): Promise<ProposalView> {
  const proposal = await getProposal(deps, id);
  try {
    const [paged, history] = await Promise.all([deps.outbox.paged(id), deps.records.revisions(id)]);
    return { ...view(deps, proposal, role, paged), history };
  } catch (error) {
    if (findLive(deps, id) === undefined) throw error;
    // What is at stake now is in memory: it's shown without the store too, only deliveries and old revisions are missing.
    deps.log.warn(
      { err: error, proposal: id },
      'the store does not answer: a proposal is shown without its deliveries',
    );
    return view(deps, proposal, role);
  }
}

export async function getProposal(deps: ApiDeps, id: string): Promise<Proposal> {
  const proposal = findLive(deps, id) ?? (await deps.records.proposal(id));
  if (proposal === undefined || !isConfigured(deps, proposal.cluster)) throw notFound('proposal', id);
  return proposal;
}

export async function readRuns(deps: ApiDeps): Promise<RunView[]> {
  const kept = await deps.records.runs(LISTED_MAX);
  return kept
    .filter(({ run }) => isConfigured(deps, run.cluster))
    .map((one) => viewSeen(deps, findLiveRun(deps, one.run.id) ?? one));
}

export async function readRun(deps: ApiDeps, id: string): Promise<RunView> {
  const seen = findLiveRun(deps, id) ?? (await deps.records.run(id));
  if (seen === undefined || !isConfigured(deps, seen.run.cluster)) throw notFound('run', id);
  return viewSeen(deps, seen);
}

function viewSeen(deps: ApiDeps, { run, proposal }: RunSeen): RunView {
  return viewRun(run, proposal, { nowMs: deps.clock.nowMs(), state: deps.getState() });
}

function view(deps: ApiDeps, proposal: Proposal, role: Role, paged?: ProposalView['paged']): ProposalView {
  return viewProposal(deps.getState(), { proposal, nowMs: deps.clock.nowMs(), role, paged });
}

function findLive(deps: ApiDeps, id: string): Proposal | undefined {
  return clusterStates(deps).find(({ proposal }) => proposal?.id === id)?.proposal;
}

/** Both from the same state of the engine, or both from the same moment of the store: never one of each. */
function findLiveRun(deps: ApiDeps, id: string): RunSeen | undefined {
  const { run, proposal } = clusterStates(deps).find((cluster) => cluster.run?.id === id) ?? {};
  return run === undefined || proposal?.id !== run.proposal ? undefined : { run, proposal };
}

function clusterStates(deps: ApiDeps): ClusterState[] {
  return [...deps.getState().clusters.values()];
}

/** The record of a cluster that was taken out of the configuration stays in the audit. */
function isConfigured(deps: ApiDeps, cluster: string): boolean {
  return deps.getState().clusters.has(cluster);
}
