// A cluster as people look at it: who is what, who reaches whom, what is believed, and what would be done.
import { type Case, find, type Findings, sayDuration } from '../assessment/index.ts';
import { lsnDistanceBytes, type MemberConfig, maxLsn, type Policy } from '../cluster/index.ts';
import { consentFor } from '../approval/index.ts';
import { buildPlan } from '../plan/index.ts';
import { isEnded } from '../proposal/index.ts';
import type { ClusterView } from '../wire/api.ts';
import type { MemberView } from '../wire/member-view.ts';
import { makeCase } from './make-case.ts';
import { viewObservers } from './view-observers.ts';
import { type ClusterState, type EngineState, getCluster } from './state.ts';

export function viewCluster(state: EngineState, id: string, nowMs: number): ClusterView {
  const cluster = getCluster(state, id);
  const given = makeCase(state, cluster, nowMs);
  const found = find(given);
  const { record, assessment, proposal } = cluster;
  const writes = sumWrites(found);
  const syncLowered = record.syncLowered?.find(({ member }) => member === record.primary);
  const showsProposal = proposal !== undefined && !isEnded(proposal.state);
  return {
    id,
    environment: cluster.topology.environment,
    nowMs,
    epoch: record.epoch,
    primary: record.primary,
    ...(given.timeline === undefined ? {} : { timeline: given.timeline }),
    assessment: assessment ?? nothingYet(id, nowMs),
    members: cluster.topology.members.map((m) => viewMember(given, cluster, found, m)),
    observers: viewObservers({ state, cluster, given, found }),
    ...(writes === undefined ? {} : { writes }),
    ...(syncLowered === undefined ? {} : { syncLowered: { was: syncLowered.was, set: syncLowered.set } }),
    ...(showsProposal ? { proposal: { id: proposal.id, state: proposal.state } } : {}),
    ifItCameToIt: viewPlan(given, record.epoch, cluster.policy),
  };
}

function nothingYet(cluster: string, atMs: number): ClusterView['assessment'] {
  return {
    cluster,
    atMs,
    verdict: 'inconclusive',
    action: 'none',
    rule: 'inconclusive/just-started',
    headline: 'The watch has just begun.',
    explanation: 'The first reports are on their way.',
    for: [],
    against: [],
    unknown: [],
    lookedIn: [],
  };
}

function viewMember(given: Case, cluster: ClusterState, found: Findings, config: MemberConfig): MemberView {
  const member = given.memory.members.get(config.id);
  const standby = found.standbys.find((s) => s.id === config.id);
  const receiver = standby?.receiver;
  const isPrimary = cluster.record.primary === config.id;
  const newest = maxLsn(given.memory.members.get(given.primary)?.lsn, receiver?.receivedLsn);
  const receivedLsn = receiver?.receivedLsn;
  const seenAtMs = Math.max(
    member?.inRecoveryAtMs ?? 0,
    receiver?.atMs ?? 0,
    given.memory.hosts.get(config.id)?.atMs ?? 0,
  );
  const optional = {
    timeline: isPrimary ? (member?.timeline ?? given.timeline) : (receiver?.timeline ?? member?.timeline),
    lsn: isPrimary ? member?.lsn : undefined,
    receivedLsn: isPrimary ? undefined : receivedLsn,
    replayedLsn: isPrimary ? undefined : receiver?.replayedLsn,
    upstream: isPrimary ? undefined : receiver?.upstream,
    receiver: isPrimary ? undefined : receiver?.status,
    behindBytes:
      isPrimary || receivedLsn === undefined || newest === undefined
        ? undefined
        : Math.max(0, lsnDistanceBytes(receivedLsn, newest)),
    lastMessageAgeMs: isPrimary ? undefined : receiver?.lastMessageAgeMs,
    seenAtMs: seenAtMs || undefined,
    gateAskedAtMs: gateAskedAtMs(given, config.id),
    logins: loginsOf(given, config.id),
    agentAllows: given.memory.hosts.get(config.id)?.facts.allow,
  };
  const known = Object.fromEntries(
    Object.entries(optional).filter(([, value]) => value !== undefined),
  ) as Partial<MemberView>;
  return {
    id: config.id,
    zone: config.zone,
    role: roleOf(given, config.id, isPrimary),
    condition: sayCondition(given, found, config.id, isPrimary),
    sync: config.sync,
    ...known,
  };
}

function gateAskedAtMs(given: Case, id: string): number | undefined {
  const host = given.memory.hosts.get(id);
  const agoMs = host?.facts.gateAskedAgoMs;
  return host === undefined || agoMs === undefined ? undefined : host.atMs - agoMs;
}

function loginsOf(given: Case, id: string): MemberView['logins'] {
  const host = given.memory.hosts.get(id);
  const logins = host?.facts.logins;
  return host === undefined || logins === undefined
    ? undefined
    : { atMs: host.atMs - logins.agoMs, peers: logins.peers };
}

function roleOf(given: Case, id: string, isPrimary: boolean): MemberView['role'] {
  const inRecovery = given.memory.members.get(id)?.inRecovery;
  if (isPrimary) return 'primary';
  return inRecovery === undefined ? 'unknown' : 'standby';
}

function sayCondition(given: Case, found: Findings, id: string, isPrimary: boolean): string {
  const host = found.hosts.find((h) => h.member === id);
  const fenced = host?.isFresh && host.host?.facts.fenced === true ? ', fenced' : '';
  if (host?.isFresh && host.host !== undefined && host.host.facts.postgres !== 'running') {
    return `Postgres is ${{ absent: 'absent', stopped: 'frozen', starting: 'starting' }[host.host.facts.postgres]}${fenced}`;
  }
  if (isPrimary) {
    if (found.reach.some((w) => w.seesAlive)) return `serving${fenced}`;
    return found.reach.some((w) => w.suspectsReads) ? 'not reached' : 'not seen lately';
  }
  const standby = found.standbys.find((s) => s.id === id);
  const receiver = standby?.receiver;
  if (receiver === undefined) return 'not seen yet';
  if (!standby?.isFresh) return `not seen for ${sayDuration(given.nowMs - receiver.atMs)}`;
  const upstream = receiver.upstream ?? 'its upstream';
  const paused = receiver.replayPaused === true ? ', replay paused' : '';
  return (
    (
      {
        streaming: `streaming from ${upstream}`,
        connecting: `tries to reach ${upstream}`,
        stopped: 'its receiver is stopped',
        none: 'no receiver',
        unknown: 'in recovery',
      } as const
    )[receiver.status] +
    paused +
    fenced
  );
}

function sumWrites(found: Findings): ClusterView['writes'] {
  const fresh = found.clients.filter((c) => c.isFresh);
  if (fresh.length === 0) return undefined;
  const sum = (pick: 'succeeded' | 'failed') => fresh.reduce((total, c) => total + c.canary[pick], 0);
  return { succeeded: sum('succeeded'), failed: sum('failed'), atMs: Math.max(...fresh.map((c) => c.canary.atMs)) };
}

function viewPlan(given: Case, epoch: number, policy: Policy): ClusterView['ifItCameToIt'] {
  const outcome = buildPlan(given, epoch);
  if (!outcome.ok)
    return {
      says: `Nobody could take over: ${outcome.because}.`,
      ranking: [...outcome.ranking.rows],
      fence: 'No plan, no fence.',
    };
  const { plan } = outcome;
  return {
    candidate: plan.candidate,
    says: `${plan.candidate} would be promoted. ${plan.loss.says}`,
    ranking: plan.ranking,
    loss: plan.loss,
    fence: plan.fence.says,
    consent: consentFor(plan, policy),
  };
}
