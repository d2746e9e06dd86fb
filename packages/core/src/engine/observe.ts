// Folds observations into what is remembered, and asks all sources for fresh looks at the first bad answer.
import { findReach, hasFirstBadAnswer } from '../assessment/index.ts';
import { extendSource, inOrder, type Observation, remember, type SourceMemory } from '../observation/index.ts';
import { makeCase } from './make-case.ts';
import type { Effect, Input } from './io.ts';
import { type ClusterState, type EngineState, isBusy } from './state.ts';
import type { Stepped } from './step.ts';

const LOOK_FASTER_FOR_MS = 10_000;
const LOOK_FASTER_EVERY_MS = 30_000;

export function observe(state: EngineState, input: Extract<Input, { type: 'observations' }>): Stepped {
  const sources = rememberSources(state.sources, input.observations);
  const byCluster = Map.groupBy(input.observations, (o) => o.cluster);
  const clusters = new Map(state.clusters);
  const effects: Effect[] = [];
  for (const [id, seen] of byCluster) {
    const cluster = clusters.get(id);
    if (cluster === undefined) continue;
    const heard: ClusterState = {
      ...cluster,
      memory: remember(cluster.memory, inOrder(seen), cluster),
      heardAtMs: input.nowMs,
    };
    const asked = askToLook({ ...state, sources }, heard, input.nowMs);
    clusters.set(id, asked === undefined ? heard : { ...heard, askedToLookAtMs: input.nowMs });
    if (asked !== undefined) effects.push(asked);
  }
  return { state: { ...state, sources, clusters }, effects };
}

function rememberSources(
  before: ReadonlyMap<string, SourceMemory>,
  seen: readonly Observation[],
): ReadonlyMap<string, SourceMemory> {
  const sources = new Map(before);
  for (const { by, atMs } of seen) sources.set(by, extendSource(sources.get(by), atMs));
  for (const self of inOrder(seen.filter((o) => o.probe === 'self')))
    if (self.probe === 'self') sources.set(self.by, extendSource(sources.get(self.by), self.atMs, self));
  return sources;
}

/** The first bad answer from any source starts faster looks by all; again while a suspicion lasts, at most each 30 s else. */
function askToLook(state: EngineState, cluster: ClusterState, nowMs: number): Effect | undefined {
  if (isBusy(cluster)) return undefined; // its own looks carry a nonce that must not be overwritten
  const since = nowMs - cluster.askedToLookAtMs;
  const isSuspected = cluster.judgment.suspectedSinceMs !== undefined;
  if (since < (isSuspected ? LOOK_FASTER_FOR_MS : LOOK_FASTER_EVERY_MS)) return undefined;
  if (!hasFirstBadAnswer(findReach(makeCase(state, cluster, nowMs)))) return undefined;
  return {
    type: 'look',
    cluster: cluster.topology.id,
    nonce: `fresh/${cluster.topology.id}/${nowMs}`,
    forMs: LOOK_FASTER_FOR_MS,
  };
}
