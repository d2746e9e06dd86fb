// The modelled world of a scenario before anything happens: three servers, three witnesses, the controller, what is told.
import { ClusterTopology, resolvePolicy } from '@petrov/core/cluster';
import type { EngineConfig } from '@petrov/core/engine';
import type { Run } from '@petrov/core/journal';
import type { Proposal } from '@petrov/core/proposal';
import type { Death, Happening, Scenario } from '@petrov/scenarios';
import { type Perform, quickHash } from '../explore/model.ts';
import { durationOf } from './acts.ts';
import { Controller, type Outside } from './controller.ts';
import { createServers } from './postgres.ts';
import { Promises } from './promises.ts';
import { CLUSTER, type Pending, type View, type Witness } from './sources.ts';

export const START_MS = 1_770_000_000_000;
/** All is well for so long before the first happening. */
export const WELL_MS = 10_000;

const members = [
  ['orders-1', 'a'],
  ['orders-2', 'b'],
  ['orders-3', 'c'],
] as const;

export type World = {
  readonly view: View & {
    nowMs: number;
    readonly cut: Set<string>;
    readonly frozenAtMs: Map<string, number>;
    /** Since Redis went; while it's away nobody can be asked to look, either. */
    deafSinceMs?: number | undefined;
  };
  readonly witnesses: readonly Witness[];
  readonly controller: Controller;
  readonly promises: Promises;
  /** Acts under way, and which life of the controller sent them. */
  readonly acts: { readonly perform: Perform; readonly dueAtMs: number; readonly sender: number }[];
  readonly happenings: Happening[];
  readonly pending: Pending[];
  readonly lives: { started: number; downUntilMs: number; acted: number };
  readonly operator: { nextAtMs: number; resumed: boolean; seen: string; approvals: number };
  readonly lines: string[];
  readonly verdicts: string[];
  readonly proposals: Map<string, Proposal>;
  readonly runs: Map<string, Run>;
  readonly tell: (who: string, says: string) => void;
};

export function createWorld(
  scenario: Scenario,
  given: { readonly seed: number; readonly death?: Death | undefined },
): World {
  const random = seeded(given.seed);
  const view: World['view'] = {
    servers: createServers(members, START_MS),
    cut: new Set<string>(),
    frozenAtMs: new Map<string, number>(),
    nowMs: START_MS,
  };
  const witnesses: Witness[] = ['a', 'b', 'c'].map((zone) => ({
    id: `w-${zone}`,
    zone,
    busyUntilMs: new Map<string, number>(),
    nextAtMs: START_MS + Math.floor(random() * 1_000),
  }));
  const lines: string[] = [];
  const world: Omit<World, 'controller'> = {
    view,
    witnesses,
    promises: new Promises(quickHash),
    acts: [],
    happenings: [...scenario.happenings],
    pending: [],
    lives: { started: 1, downUntilMs: 0, acted: 0 },
    operator: { nextAtMs: 0, resumed: false, seen: '', approvals: 0 },
    lines,
    verdicts: [],
    proposals: new Map(),
    runs: new Map(),
    tell: (who, says) => void lines.push(`${sayAt(view.nowMs - START_MS - WELL_MS)}  ${who.padEnd(10)}  ${says}`),
  };
  return { ...world, controller: new Controller(configOf(witnesses, scenario), outsideOf(world), given.death) };
}

function configOf(witnesses: readonly Witness[], { policy = {}, fences }: Scenario): EngineConfig {
  const topology = ClusterTopology.parse({
    id: CLUSTER,
    environment: 'sandbox',
    members: members.map(([id, zone], index) => ({ id, zone, role: index === 0 ? 'primary' : 'standby' })),
    ...(fences === undefined ? {} : { fences }),
  });
  return {
    witnesses: witnesses.map(({ id, zone }) => ({ id, zone })),
    clusters: [{ ...topology, policy: resolvePolicy(policy) }],
    hash: quickHash,
  };
}

function outsideOf(world: Omit<World, 'controller'>): Outside {
  const { view, witnesses, promises, lives } = world;
  return {
    act: (perform) =>
      void world.acts.push({ perform, dueAtMs: view.nowMs + durationOf(view.servers, perform), sender: lives.started }),
    ask: (nonce, forMs) => {
      for (const witness of view.deafSinceMs === undefined ? witnesses : [])
        Object.assign(witness, { asked: { nonce, atMs: view.nowMs, fastForMs: forMs }, nextAtMs: view.nowMs });
    },
    tell: world.tell,
    watch: (effects, input, stored) => {
      promises.watch(effects, input, stored, view.servers);
      if (stored.run !== undefined) world.runs.set(stored.run.id, stored.run);
      for (const effect of effects) {
        if (effect.type === 'assessed') world.verdicts.push(effect.assessment.verdict);
        if (effect.type === 'store' && effect.what === 'proposal')
          world.proposals.set(effect.proposal.id, effect.proposal);
      }
    },
  };
}

function sayAt(ms: number): string {
  const seconds = (ms / 1_000).toFixed(1);
  return `${ms < 0 ? '' : '+'}${seconds} s`.padStart(8);
}

/** mulberry32: the same seed, the same night. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
