// A proposal and its run as people look at them: what may be answered now and why not, how old the evidence is.
import { type DecisionKind, mayDecide, type Role } from '../approval/index.ts';
import { find, freshnessMs } from '../assessment/index.ts';
import { foldSteps, isDone, type Run, type StepStatus } from '../journal/index.ts';
import {
  findTransition,
  hideFirstApproval,
  isEnded,
  type Proposal,
  type ProposalEvent,
  stateSays,
} from '../proposal/index.ts';
import type { ProposalView } from '../wire/api.ts';
import type { RunView } from '../wire/run-view.ts';
import { mayGiveUp } from './continue-run.ts';
import { standsAtFence } from './other-fence.ts';
import { consentNow, standingFirst } from './first-approval.ts';
import { evidenceAgeMs, isStillAsked, refuseApproval } from './refuse-decision.ts';
import { makeCase } from './make-case.ts';
import { sayActing } from './say-acting.ts';
import { sayGivingUp, viewStuck } from './stuck-words.ts';
import { type ClusterState, type EngineState, getCluster } from './state.ts';

type RunSeen = { readonly nowMs: number; readonly state?: EngineState | undefined };
type Asked = {
  readonly proposal: Proposal;
  readonly nowMs: number;
  readonly role: Role;
  readonly paged?: ProposalView['paged'];
};

/** `proposal` may be an ended one from the store; the cluster's live state is used only when it's the cluster's own. */
export function viewProposal(state: EngineState, asked: Asked): ProposalView {
  const { proposal, nowMs, role, paged } = asked;
  const cluster = getCluster(state, proposal.cluster);
  const isLive = cluster.proposal?.id === proposal.id;
  const ageMs = evidenceAgeMs(cluster, nowMs);
  const clients = find(makeCase(state, cluster, nowMs)).clients.filter((c) => c.isFresh);
  const failing = clients.reduce((total, c) => total + c.canary.failed, 0);
  return {
    proposal: hideFirstApproval(proposal),
    nowMs,
    possible: (['approve', 'reject', 'hold', 'resume', 'abandon', 'refence'] as const).map((kind) =>
      viewPossible(state, cluster, { kind, proposal, role, nowMs, isLive }),
    ),
    approvals: viewApprovals(cluster, { proposal, nowMs, isLive }),
    ...(paged === undefined ? {} : { paged }),
    isFresh: isLive && ageMs <= freshnessMs(cluster, 'other') && isStillAsked(state, cluster, nowMs),
    evidenceAgeMs: ageMs,
    ...(clients.length === 0 ? {} : { failingWritesPerSecond: failing }),
    outageSinceMs: proposal.revision.assessment.suspectedSinceMs ?? proposal.openedAtMs,
    ...('run' in proposal ? { run: proposal.run } : {}),
    history: isLive ? [...cluster.history] : [],
  };
}

function viewApprovals(
  cluster: ClusterState,
  { proposal, nowMs, isLive }: { proposal: Proposal; nowMs: number; isLive: boolean },
): ProposalView['approvals'] {
  if (!isLive || proposal.state !== 'open') return { ...proposal.revision.consent, by: givers(proposal) };
  const first = standingFirst(cluster, nowMs);
  return { ...consentNow(cluster), by: first === undefined ? [] : [first.actor.id] };
}

function givers(proposal: Proposal): string[] {
  if (!('approval' in proposal)) return [];
  const { approval, firstApproval } = proposal;
  return [...(firstApproval === undefined ? [] : [firstApproval.actor.id]), approval.actor.id];
}

const eventOf = {
  approve: 'approve',
  reject: 'reject',
  hold: 'hold',
  resume: 'resume',
  abandon: 'abandon',
  refence: 'refence',
} as const satisfies Record<DecisionKind, ProposalEvent>;

function viewPossible(
  state: EngineState,
  cluster: ClusterState,
  asked: { kind: DecisionKind; proposal: Proposal; role: Role; nowMs: number; isLive: boolean },
) {
  const { kind, proposal, role, nowMs, isLive } = asked;
  const no = (because: string) => ({ kind, isPossible: false, because });
  if (findTransition(proposal.state, eventOf[kind]) === undefined)
    return no(`The proposal is ${proposal.state}: ${stateSays[proposal.state]}`);
  if (kind === 'abandon' && !mayGiveUp(proposal))
    return no(`The proposal is ${proposal.state}: ${stateSays[proposal.state]}`);
  if (!isLive) return no('A newer proposal took its place.');
  if (!mayDecide(role, kind)) return no(`Your role is ${role}: it may not ${kind}.`);
  if (kind === 'abandon' && cluster.run !== undefined && isDone(cluster.run, 'promote'))
    return no('It is promoted: there is no way back.');
  if (kind === 'refence' && !standsAtFence(cluster)) return no('It does not wait for the proof of a fence.');
  const refusal = kind === 'approve' ? refuseApproval(state, cluster, nowMs) : undefined;
  return refusal === undefined ? { kind, isPossible: true } : no(refusal.says);
}

/** `state`: what the agents tell of the steps that run. */
export function viewRun(run: Run, proposal: Proposal, { nowMs, state: engine }: RunSeen): RunView {
  const state = runState(proposal);
  const isOver = isEnded(proposal.state);
  return {
    id: run.id,
    proposal: run.proposal,
    cluster: run.cluster,
    nowMs,
    state,
    says: 'because' in proposal ? proposal.because : stateSays[proposal.state],
    startedAtMs: run.startedAtMs,
    approvedAtMs: 'approval' in proposal ? proposal.approval.atMs : run.startedAtMs,
    steps: foldSteps(run).map((status) => {
      const isOpen = status.step.isFollowUp && status.state !== 'done' && isOver;
      const { startedAtMs, endedAtMs } = status;
      const isNeedless = status.step.verb === 'fast-forward' && status.attempts === 0 && isDone(run, 'settle');
      return {
        step: status.step,
        state: isOpen ? ('open-follow-up' as const) : isNeedless ? ('not-needed' as const) : status.state,
        attempts: status.attempts,
        ...(startedAtMs === undefined ? {} : { startedAtMs }),
        ...(endedAtMs === undefined ? {} : { endedAtMs }),
        ...sayStep(status, engine?.clusters.get(run.cluster), nowMs),
      };
    }),
    journal: run.journal,
    plan: run.plan,
    canResume: state === 'stuck',
    canAbandon: mayGiveUp(proposal) && !isDone(run, 'promote'),
    ...(mayGiveUp(proposal) && proposal.state !== 'stuck' ? { abandonSays: sayGivingUp(run) } : {}),
    ...(proposal.state === 'stuck' ? { stuck: viewStuck(run, proposal.because) } : {}),
  };
}

/** Of a step that runs: what the agent of its member tells of it, or since when that has told nothing. */
function sayStep({ step, state, says }: StepStatus, cluster: ClusterState | undefined, nowMs: number) {
  const left = step.openBecause === undefined ? undefined : `${step.says}: not tried, ${step.openBecause}`;
  const acting = state === 'running' ? sayActing(step, cluster?.memory.hosts.get(step.member), nowMs) : undefined;
  const told = acting ?? says ?? left;
  return told === undefined ? {} : { says: told };
}

function runState(proposal: Proposal): RunView['state'] {
  switch (proposal.state) {
    case 'promoted':
    case 'succeeded':
    case 'stuck':
    case 'abandoned':
    case 'failed':
    case 'superseded':
      return proposal.state;
    default:
      return 'running';
  }
}
