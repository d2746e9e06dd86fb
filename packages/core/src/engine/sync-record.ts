// For whom commits waited at a member before a plan of ours let them wait for fewer: kept until it's set again, else the cluster
// would stay so and nobody would know.
import type { Run } from '../journal/index.ts';
import type { ClusterRecord, Effect } from './io.ts';
import type { ClusterState } from './state.ts';

type Lowered = NonNullable<ClusterRecord['syncLowered']>;

/** With what the preparation of the promoted one found there and set, if it changed anything. */
export function withLowered({ syncLowered }: ClusterRecord, { plan, journal }: Run, nowMs: number): Lowered {
  const member = plan.candidate;
  const prepared = journal.findLast((e) => e.type === 'done' && e.step === 'prepare');
  const { syncTextBefore: was, syncText: set } = (prepared?.type === 'done' ? prepared.facts[member] : undefined) ?? {};
  const kept = syncLowered ?? [];
  if (was === undefined || set === undefined || was.trim() === '' || was === set) return kept;
  return [...kept.filter((one) => one.member !== member), { member, was, set, atMs: nowMs }];
}

/** It's set again, by us or by somebody. */
export function forgetLowered(
  cluster: ClusterState,
  member: string,
): { readonly cluster: ClusterState; readonly effects: readonly Effect[] } {
  const { syncLowered = [], ...rest } = cluster.record;
  const left = syncLowered.filter((one) => one.member !== member);
  if (left.length === syncLowered.length) return { cluster, effects: [] };
  const record: ClusterRecord = { ...rest, ...(left.length === 0 ? {} : { syncLowered: left }) };
  return { cluster: { ...cluster, record }, effects: [{ type: 'store', what: 'cluster', record }] };
}
