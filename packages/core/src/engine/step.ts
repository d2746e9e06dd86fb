// One input in, a new state and effects out: the only place where an input is told from another.
import { noteDeaf } from './deaf.ts';
import { decide } from './decide.ts';
import { proceed, takeResult } from './execute.ts';
import { doubtItself } from './self-doubt.ts';
import { findFleet, holdBack, keepFleet } from './fleet.ts';
import type { Effect, Input } from './io.ts';
import { actOn, type Belief, believe } from './judge.ts';
import { observe } from './observe.ts';
import { takeRequest } from './requests.ts';
import { type EngineState, withCluster } from './state.ts';

export type Stepped = { readonly state: EngineState; readonly effects: readonly Effect[] };

export function step(before: EngineState, input: Input): Stepped {
  const state = { ...before, steadyMs: input.steadyMs ?? input.nowMs };
  switch (input.type) {
    case 'observations':
      return proceedAll(observe(state, input), input.nowMs);
    case 'tick':
      return tick(doubtItself(noteDeaf(state, input), input), input.nowMs);
    case 'decision':
      return decide(state, input);
    case 'request':
      return takeRequest(state, input);
    case 'step-result':
      return takeResult(state, input);
  }
}

/** First every cluster is judged, then all are looked at together, then each is acted on. */
function tick({ state, effects: doubted }: Stepped, nowMs: number): Stepped {
  const clusters = new Map(state.clusters);
  const beliefs: Belief[] = [];
  for (const before of state.clusters.values()) {
    const belief = believe(state, before, nowMs);
    if (belief === undefined) continue;
    beliefs.push(belief);
    clusters.set(belief.cluster.topology.id, belief.cluster);
  }
  const together = findFleet(clusters);
  const { fleet, effects: paged } = keepFleet(state, together, nowMs);
  const next: EngineState = { ...state, fleet };
  const effects: Effect[] = [...doubted, ...paged];
  for (const belief of beliefs) {
    const acted = actOn(next, { ...belief, cluster: holdBack(belief.cluster, together, nowMs) }, nowMs);
    clusters.set(acted.cluster.topology.id, acted.cluster);
    effects.push(...acted.effects);
  }
  return proceedAll({ state: { ...next, clusters }, effects }, nowMs);
}

/** Runs go on whenever anything new is known: an answer to a look may have come with these observations. */
function proceedAll({ state, effects }: Stepped, nowMs: number): Stepped {
  let next = state;
  const all = [...effects];
  for (const cluster of state.clusters.values()) {
    if (cluster.run === undefined) continue;
    const proceeded = proceed(next, cluster, nowMs);
    next = withCluster(next, proceeded.cluster);
    all.push(...proceeded.effects);
  }
  return { state: next, effects: all };
}
