// All that the controller knows, as one value. Made once from configuration and store; changed only by `step`.
import type { Assessment, Judgment } from '../assessment/index.ts';
import { digestOf, type Hash, type MaterialChange } from '../approval/index.ts';
import type { ClusterTopology, Policy, WitnessIdentity } from '../cluster/index.ts';
import { isDone, type Run } from '../journal/index.ts';
import { type ClusterMemory, emptyMemory, type SourceMemory } from '../observation/index.ts';
import { isEnded, type Proposal, type Revision } from '../proposal/index.ts';
import type { MemberFacts } from '../wire/agent.ts';
import type { ClusterRecord } from './io.ts';

export type EngineConfig = {
  readonly witnesses: readonly WitnessIdentity[];
  readonly clusters: readonly (ClusterTopology & { readonly policy: Policy })[];
  readonly hash: Hash;
};

export type Restored = {
  readonly clusters: readonly ClusterRecord[];
  readonly proposals: readonly Proposal[];
  readonly runs: readonly Run[];
};

/** A question with a nonce to all sources, and what the shell read of the members itself. */
export type Look = {
  readonly nonce: string;
  readonly step: string;
  readonly attempt: number;
  readonly askedAtMs: number;
  readonly askedAtSteadyMs: number;
  readonly facts?: Readonly<Record<string, MemberFacts>> | undefined;
};

export type ClusterState = {
  readonly topology: ClusterTopology;
  readonly policy: Policy;
  readonly policyDigest: string;
  readonly record: ClusterRecord;
  readonly memory: ClusterMemory;
  readonly judgment: Judgment;
  readonly assessment?: Assessment | undefined;
  /** When something new was told about it; and when it was judged last. */
  readonly heardAtMs: number;
  readonly judgedAtMs: number;
  /** The newest proposal, ended or not. */
  readonly proposal?: Proposal | undefined;
  /** How the case differs now from the revision that is asked about, and since when it does. */
  readonly differs?: { readonly changes: readonly MaterialChange[]; readonly sinceMs: number } | undefined;
  /** Somebody answered what is no longer so: the next revision doesn't wait. */
  readonly isRevisionDue?: boolean | undefined;
  /** Since when what was asked for can't be done. */
  readonly impossibleSinceMs?: number | undefined;
  readonly history: readonly Pick<Revision, 'number' | 'atMs' | 'changes'>[];
  readonly run?: Run | undefined;
  /** Events of its journal that an earlier process wrote: what they started, nobody performs any more. */
  readonly inheritedEvents?: number | undefined;
  readonly look?: Look | undefined;
  /** By step, when this process has done the looks of its run, by the clock that is never set. */
  readonly looked?: Readonly<Record<string, number>> | undefined;
  readonly askedToLookAtMs: number;
  /** The warning page that stands now, by verdict. */
  readonly pagedVerdict?: { readonly verdict: string; readonly episode: string } | undefined;
};

/** Clusters that became suspect together, one incident at the pager. */
export type Fleet = { readonly episode: string; readonly sinceMs: number; readonly clusters: readonly string[] };

export type EngineState = {
  readonly config: EngineConfig;
  readonly clusters: ReadonlyMap<string, ClusterState>;
  readonly sources: ReadonlyMap<string, SourceMemory>;
  readonly fleet?: Fleet | undefined;
  readonly startedAtMs?: number | undefined;
  /** Of the input in hand, by the clock that is never set. */
  readonly steadyMs: number;
  /** The controller doubts itself until then: it opens nothing and starts nothing. */
  readonly doubtUntilMs: number;
  readonly doubtBecause?: string | undefined;
  /** Nothing that witnesses or clients say arrives, since then. */
  readonly deafSinceMs?: number | undefined;
};

export function initialState(config: EngineConfig, restored: Restored): EngineState {
  const clusters = config.clusters.map((topology): readonly [string, ClusterState] => {
    const kept = restored.clusters.find((r) => r.cluster === topology.id);
    const proposal = restored.proposals.find((p) => p.cluster === topology.id);
    const run =
      proposal !== undefined && 'run' in proposal ? restored.runs.find((r) => r.id === proposal.run) : undefined;
    return [
      topology.id,
      {
        topology,
        policy: topology.policy,
        policyDigest: digestOf(topology.policy, config.hash),
        record: kept ?? newRecord(topology),
        memory: emptyMemory,
        judgment: resumeJudgment(proposal),
        heardAtMs: 0,
        judgedAtMs: 0,
        proposal,
        history: [],
        run,
        inheritedEvents: run?.journal.length,
        askedToLookAtMs: 0,
      },
    ];
  });
  return { config, clusters: new Map(clusters), sources: new Map(), steadyMs: 0, doubtUntilMs: 0 };
}

/** A question that stood before a restart goes on standing while the first reports come in: no second dwell, no second page. */
function resumeJudgment(proposal: Proposal | undefined): Judgment {
  if (proposal === undefined || isEnded(proposal.state) || proposal.request !== undefined) return {};
  const { assessment } = proposal.revision;
  return {
    suspectedSinceMs: assessment.suspectedSinceMs,
    holdsSinceMs: proposal.openedAtMs,
    lastAssessment: assessment,
  };
}

function newRecord(topology: ClusterTopology): ClusterRecord {
  const primary = topology.members.find((m) => m.role === 'primary') ?? topology.members[0];
  return { cluster: topology.id, epoch: 1, primary: primary?.id ?? '', proposalsOpened: 0 };
}

/**
 * A run that is about to change who leads: nothing else is judged or begun meanwhile. Once it has, the new primary is guarded
 * while the rest of the plan runs. A rejoin touches neither primary nor candidates.
 */
export function isBusy({ run }: ClusterState): boolean {
  return run !== undefined && run.plan.kind !== 'rejoin' && !isDone(run, 'promote');
}

/** A run of a member that leads by now: what is left of it gives way to whatever befalls that one. */
export function hasPromoted({ run }: ClusterState): boolean {
  return run !== undefined && isDone(run, 'promote');
}

export function getCluster(state: EngineState, id: string): ClusterState {
  const cluster = state.clusters.get(id);
  if (cluster === undefined) throw new Error(`no cluster ${id} is configured`);
  return cluster;
}

export function withCluster(state: EngineState, cluster: ClusterState): EngineState {
  return { ...state, clusters: new Map(state.clusters).set(cluster.topology.id, cluster) };
}
