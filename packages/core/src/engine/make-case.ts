// The frozen input of a judgment, made from the engine's state.
import type { Case } from '../assessment/index.ts';
import type { ClusterRecord } from './io.ts';
import type { ClusterState, EngineState } from './state.ts';

export function makeCase(state: EngineState, cluster: ClusterState, nowMs: number): Case {
  const { record, memory } = cluster;
  return {
    nowMs,
    topology: cluster.topology,
    policy: cluster.policy,
    witnesses: state.config.witnesses,
    memory,
    sources: state.sources,
    primary: record.primary,
    timeline: memory.members.get(record.primary)?.timeline ?? record.timeline,
    ...caseOfFence(record),
    attached: record.attached,
    fencesTried: record.fencesTried?.member === record.primary ? record.fencesTried.methods : undefined,
    lastPromotionAtMs: record.lastPromotionAtMs,
    suspectedSinceMs: cluster.judgment.suspectedSinceMs,
  };
}

/** What a run that was given up left of its fence. */
function caseOfFence({ fenceLeft, primary }: ClusterRecord): Pick<Case, 'isFenceLeft' | 'failedFence'> {
  if (fenceLeft?.member !== primary) return {};
  const { method, isProven } = fenceLeft;
  return { isFenceLeft: true, ...(isProven || method === 'unfenced' ? {} : { failedFence: method }) };
}
