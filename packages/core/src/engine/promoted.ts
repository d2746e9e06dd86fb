// The moment a member is promoted: the record learns the new primary, the proposal moves, people are told.
import { emptyMemory } from '../observation/index.ts';
import { auditEngine } from './entries.ts';
import type { Run } from '../journal/index.ts';
import { positionOf } from './judge-members.ts';
import { move } from './move.ts';
import type { ClusterRecord, StepResult } from './io.ts';
import type { Judged } from './judge.ts';
import { pageProposal } from './pages.ts';
import { withLowered } from './sync-record.ts';
import type { ClusterState } from './state.ts';

export function applyPromotion(cluster: ClusterState, result: StepResult, nowMs: number): Judged {
  const { run } = cluster;
  if (run === undefined) return { cluster, effects: [] };
  const { candidate, primary, timeline } = run.plan;
  const newTimeline = result.facts[candidate]?.timeline ?? timeline + 1;
  const moved = move(cluster, { event: 'promote', atMs: nowMs });
  const { attached: _, primaryLsn: __, fenceLeft: ___, ...kept } = cluster.record;
  const lowered = withLowered(cluster.record, run, nowMs);
  const record = {
    ...kept,
    ...(lowered.length === 0 ? {} : { syncLowered: lowered }),
    primary: candidate,
    timeline: newTimeline,
    former: formerOf(run, nowMs),
    // A planned change is no sign of trouble: no cool-down.
    ...(run.plan.kind === 'failover' ? { lastPromotionAtMs: nowMs } : {}),
  };
  const { memory } = cluster;
  const members = new Map([...memory.members].filter(([id]) => id !== primary));
  const says = `${candidate} is the primary of ${run.cluster} (timeline ${newTimeline}); it was ${primary}.`;
  return {
    // What was seen of the old primary says nothing of the new one.
    cluster: {
      ...moved.cluster,
      record,
      judgment: {},
      memory: { ...memory, members, tracks: emptyMemory.tracks, senders: emptyMemory.senders, wal: emptyMemory.wal },
    },
    effects: [
      { type: 'store', what: 'cluster', record },
      ...moved.effects,
      auditEngine('P3009', says, {
        atMs: nowMs,
        cluster: run.cluster,
        proposal: run.proposal,
        payload: { run: run.id, timeline: newTimeline, epoch: run.plan.epoch },
      }),
      ...(moved.cluster.proposal === undefined ? [] : [pageProposal(moved.cluster.proposal, 'promoted', says)]),
    ],
  };
}

/** Of one whom somebody else's promotion has followed: where that one's WAL began isn't known. */
export function formerByRun(run: Run, member: string, nowMs: number): ClusterRecord['former'] {
  const { leftAtLsn: _, ...former } = { ...formerOf(run, nowMs) };
  return former.member === member ? { ...former, member, sinceMs: nowMs } : { member, sinceMs: nowMs };
}

/** How the old primary left, for the day it comes back: where its WAL ended, where the new one's began. */
function formerOf({ plan, journal }: Run, nowMs: number): ClusterRecord['former'] {
  const factsOf = (step: string, member: string) => {
    const event = journal.findLast((e) => e.type === 'done' && e.step === step);
    return event?.type === 'done' ? event.facts[member] : undefined;
  };
  const fenced = factsOf('fence', plan.primary);
  const leftAtLsn = positionOf(factsOf('settle', plan.candidate));
  return {
    member: plan.primary,
    sinceMs: nowMs,
    ...(fenced?.lsn === undefined ? {} : { lastLsn: fenced.lsn }),
    ...(leftAtLsn === undefined ? {} : { leftAtLsn }),
    ...(fenced?.controlState === undefined ? {} : { isClean: fenced.controlState.startsWith('shut down') }),
  };
}
