// Who the primary is, told by the members themselves: a promotion made by somebody else is recognised and adopted, never
// fought. Two members out of recovery at once adopt nothing: that's a split brain, for a person.
import { auditEngine } from './entries.ts';
import type { Judged } from './judge.ts';
import type { ClusterState } from './state.ts';

export function adoptPrimary(cluster: ClusterState, nowMs: number): Judged {
  const learned = learn(cluster);
  const { record, memory, policy } = learned;
  if (learned.run !== undefined) return { cluster: learned, effects: [] };
  const isRecent = (atMs: number | undefined) => atMs !== undefined && nowMs - atMs <= policy.freshnessMs;
  const writable = learned.topology.members.filter((m) => {
    const member = memory.members.get(m.id);
    return member?.inRecovery === false && isRecent(member.inRecoveryAtMs);
  });
  const [other] = writable;
  if (writable.length !== 1 || other === undefined || other.id === record.primary)
    return { cluster: learned, effects: [] };
  const timeline = memory.members.get(other.id)?.timeline;
  const old = memory.members.get(record.primary);
  const isNewer = timeline !== undefined && timeline > (old?.timeline ?? record.timeline ?? 0);
  const oldStepsBack = old?.inRecovery === true && isRecent(old.inRecoveryAtMs);
  if (!isNewer && !oldStepsBack && record.timeline !== undefined) return { cluster: learned, effects: [] };
  const next = {
    ...record,
    primary: other.id,
    epoch: record.epoch + 1,
    ...(timeline === undefined ? {} : { timeline }),
  };
  const says = `${other.id} is the primary of ${record.cluster} now (timeline ${timeline ?? 'unknown'}); it was ${record.primary}. Petrov did not do this.`;
  return {
    cluster: { ...learned, record: next, judgment: {} },
    effects: [
      { type: 'store', what: 'cluster', record: next },
      auditEngine('P1002', says, {
        atMs: nowMs,
        cluster: record.cluster,
        payload: { before: record.primary, after: other.id, timeline: timeline ?? null },
      }),
    ],
  };
}

/** Keeps in the record what must outlive a restart: timeline and system identifier of the primary. */
function learn(cluster: ClusterState): ClusterState {
  const primary = cluster.memory.members.get(cluster.record.primary);
  if (primary?.inRecovery !== false) return cluster;
  const { timeline, systemId, lsn } = primary;
  const record = {
    ...cluster.record,
    ...(timeline === undefined ? {} : { timeline }),
    ...(systemId === undefined ? {} : { systemIdentifier: systemId }),
    ...(lsn === undefined ? {} : { primaryLsn: lsn }),
  };
  return { ...cluster, record };
}
