// Who the primary is, told by the members themselves: a promotion made by somebody else is recognised and adopted, never
// fought. Two members out of recovery at once adopt nothing: that's a split brain, for a person.
import { findReach, freshnessMs, spanMs } from '../assessment/index.ts';
import { mayBePending } from '../journal/index.ts';
import { auditEngine } from './entries.ts';
import type { ClusterRecord, Effect } from './io.ts';
import type { Judged } from './judge.ts';
import { makeCase } from './make-case.ts';
import { sinceItLeft } from './former.ts';
import { move } from './move.ts';
import { pageProposal } from './pages.ts';
import { formerByRun } from './promoted.ts';
import { type ClusterState, type EngineState, isBusy } from './state.ts';

/** Without a stream for so long while the primary serves: it isn't attached any more. */
const DETACHED_AFTER_MS = 15_000;

export function adoptPrimary(state: EngineState, cluster: ClusterState, nowMs: number): Judged {
  const { cluster: learned, effects } = learn(cluster, nowMs);
  const { record, memory } = learned;
  if (isBusy(learned) && !isAtRest(learned)) return { cluster: learned, effects };
  const isRecent = (atMs: number | undefined) => atMs !== undefined && nowMs - atMs <= freshnessMs(learned, 'sql');
  const writable = learned.topology.members.filter((m) => {
    const member = memory.members.get(m.id);
    return member?.inRecovery === false && isRecent(member.inRecoveryAtMs);
  });
  const [other] = writable;
  if (writable.length !== 1 || other === undefined || other.id === record.primary) return { cluster: learned, effects };
  const timeline = memory.members.get(other.id)?.timeline;
  const old = memory.members.get(record.primary);
  const isNewer = timeline !== undefined && timeline > Math.max(old?.timeline ?? 0, record.timeline ?? 0);
  // One that a run has fenced may be back read-only: that alone says nothing of who leads.
  const oldStepsBack = old?.inRecovery === true && isRecent(old.inRecoveryAtMs) && !isBusy(learned);
  if (!isNewer && !oldStepsBack && record.timeline !== undefined) return { cluster: learned, effects };
  if (!isSeenByMost(state, learned, { member: other.id, nowMs }) || isOurs(learned, other.id))
    return { cluster: learned, effects };
  const { attached: _, primaryLsn: __, former: ___, fenceLeft: ____, ...kept } = record;
  const next = {
    ...kept,
    primary: other.id,
    epoch: record.epoch + 1,
    ...(timeline === undefined ? {} : { timeline }),
    ...(learned.run === undefined || learned.run.plan.kind === 'rejoin'
      ? {}
      : { former: formerByRun(learned.run, record.primary, nowMs) }),
  };
  const says = `${other.id} is the primary of ${record.cluster} now (timeline ${timeline ?? 'unknown'}); it was ${record.primary}. Petrov did not do this.`;
  const ended = endRun({ ...learned, record: next, judgment: {} }, says, nowMs);
  return {
    cluster: ended.cluster,
    effects: [
      ...effects,
      { type: 'store', what: 'cluster', record: next },
      auditEngine('P1002', says, {
        atMs: nowMs,
        cluster: record.cluster,
        payload: { before: record.primary, after: other.id, timeline: timeline ?? null },
      }),
      ...ended.effects,
    ],
  };
}

/** Stuck, and nothing of it under way: whoever acts now acts by hand. */
function isAtRest({ proposal, run }: ClusterState): boolean {
  return proposal?.state === 'stuck' && run?.abandoning === undefined;
}

/** The run's own promotion, come late: resumed, it's recognised as done, and the rest of the plan follows. */
function isOurs({ run }: ClusterState, member: string): boolean {
  return run !== undefined && run.plan.candidate === member && mayBePending(run, 'promote');
}

/** A run that others have overtaken is over, whatever it was: what it would still do was planned for another primary. */
function endRun(cluster: ClusterState, says: string, nowMs: number): Judged {
  const { run, proposal } = cluster;
  if (run === undefined || run.plan.kind === 'rejoin' || proposal === undefined) return { cluster, effects: [] };
  const because = `${says} ${run.id} is over: nothing more is done by it.`;
  const moved = move(cluster, { event: 'supersede', atMs: nowMs, because });
  return {
    cluster: { ...moved.cluster, run: undefined, look: undefined },
    effects: [
      ...moved.effects,
      auditEngine('P3013', because, {
        atMs: nowMs,
        cluster: run.cluster,
        proposal: run.proposal,
        payload: { run: run.id },
      }),
      pageProposal(moved.cluster.proposal ?? proposal, 'finished', `${run.cluster}: ${because}`),
    ],
  };
}

/** One witness alone, or one that doubts itself, doesn't make a primary. (I5) */
function isSeenByMost(state: EngineState, cluster: ClusterState, of: { member: string; nowMs: number }): boolean {
  const reach = findReach(makeCase(state, cluster, of.nowMs), of.member);
  const seeing = reach.filter(
    ({ doubt, sql }) => doubt === undefined && sql?.isFresh && sql.track.last.facts?.['inRecovery'] === false,
  );
  return seeing.length * 2 > reach.length;
}

/** Keeps in the record what must outlive a restart: timeline, system identifier, who is attached. Stored when it changes. */
function learn(cluster: ClusterState, nowMs: number): Judged {
  const { record, memory } = cluster;
  const primary = memory.members.get(record.primary);
  if (primary?.inRecovery !== false || isBusy(cluster)) return { cluster, effects: [] };
  const isHealthy = cluster.assessment?.verdict === 'healthy';
  const isServing = isHealthy || cluster.assessment?.verdict === 'replication-broken';
  const attached = isServing ? findAttached(cluster, nowMs) : record.attached;
  const { rejectedCase, lastPromotionAtMs, former, fenceLeft, syncLowered, ...rest } = record;
  const isBack = former !== undefined && isFollowing(cluster, former.member, nowMs);
  const left = former === undefined ? undefined : sinceItLeft(former, memory.members.get(former.member));
  const isRebuilt = isAnotherSystem(record, primary.systemId);
  const next: ClusterRecord = {
    ...rest,
    ...(lastPromotionAtMs === undefined || isRebuilt ? {} : { lastPromotionAtMs }),
    ...(left === undefined || isBack || isRebuilt ? {} : { former: left }),
    ...(fenceLeft === undefined || isHealthy || isRebuilt ? {} : { fenceLeft }),
    ...(syncLowered === undefined || isRebuilt ? {} : { syncLowered }),
    ...(rejectedCase === undefined || isHealthy || isRebuilt ? {} : { rejectedCase }),
    ...(attached === undefined ? {} : { attached: [...attached] }),
    ...(primary.timeline === undefined ? {} : { timeline: primary.timeline }),
    ...(primary.systemId === undefined ? {} : { systemIdentifier: primary.systemId }),
    ...(primary.lsn === undefined ? {} : { primaryLsn: primary.lsn }),
  };
  return {
    cluster: { ...cluster, record: next },
    effects: [
      ...(isWorthStoring(record, next) ? [{ type: 'store', what: 'cluster', record: next } as const] : []),
      ...(isRebuilt ? [tellRebuilt(record, primary.systemId, nowMs)] : []),
    ],
  };
}

/** Restored or made anew under the same names: what was done to the system before says nothing about this one. */
function isAnotherSystem({ systemIdentifier }: ClusterRecord, now: string | undefined): boolean {
  return systemIdentifier !== undefined && now !== undefined && now !== systemIdentifier;
}

function tellRebuilt(record: ClusterRecord, now: string | undefined, nowMs: number): Effect {
  const says = `${record.cluster} is another database system now (${now}, it was ${record.systemIdentifier}): it was restored or made anew. A cool-down or a rejection from before doesn't hold for it.`;
  const payload = { before: record.systemIdentifier ?? null, after: now ?? null };
  return auditEngine('P1003', says, { atMs: nowMs, cluster: record.cluster, payload });
}

/** Positions move all the time and are stored only along with something else. */
function isWorthStoring(before: ClusterRecord, after: ClusterRecord): boolean {
  const settled = ({ timeline, systemIdentifier, attached, rejectedCase, former, fenceLeft }: ClusterRecord) => [
    former?.member,
    former?.hasWritten,
    fenceLeft?.member,
    timeline,
    systemIdentifier,
    attached?.join(),
    rejectedCase?.join(),
  ];
  return settled(before).join('|') !== settled(after).join('|');
}

/** It streams from the primary: what it was before is history. */
function isFollowing(cluster: ClusterState, member: string, nowMs: number): boolean {
  const { memory, record } = cluster;
  const receiver = memory.receivers.get(member);
  const isFresh = receiver !== undefined && nowMs - receiver.atMs <= freshnessMs(cluster, 'other');
  return isFresh && receiver.status === 'streaming' && (receiver.upstream ?? record.primary) === record.primary;
}

/** One that has just lost its stream stays: it may be the first to tell that the primary died, and is a candidate then. */
function findAttached(cluster: ClusterState, nowMs: number): readonly string[] {
  const { memory, topology, record } = cluster;
  return topology.members
    .map((m) => m.id)
    .filter((id) => {
      const receiver = memory.receivers.get(id);
      if (receiver?.status === 'streaming' && nowMs - receiver.atMs <= freshnessMs(cluster, 'other')) return true;
      const lostAtMs = receiver?.brokenSinceMs ?? receiver?.atMs ?? nowMs;
      return record.attached?.includes(id) === true && nowMs - lostAtMs < spanMs(cluster, DETACHED_AFTER_MS);
    });
}
