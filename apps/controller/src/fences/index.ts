// The fences, one file each. A new one: its file and a line here, and the same in the core's folder of ways to fence.
// Lifting any of them first makes sure that no other member is out of recovery.
import type { FenceConfig, GuardedCluster } from '@petrov/core/wire';
import { type Answered, type DriverDeps, type Perform, refused } from '../drivers/driver.ts';
import { createAgentFence } from './agent.ts';
import { createCommandFence } from './command.ts';
import type { Fence, FenceMethod, FindFence, MakeFence, ReadSecret } from './fence.ts';
import { createHttpFence } from './http.ts';
import { createLeaseFence } from './lease.ts';
import { refuseOthers } from './others.ts';
import { createSyncStarvedFence } from './sync-starved.ts';
import { createUnfenced } from './unfenced.ts';

const makers: { readonly [M in FenceMethod]: MakeFence<M> } = {
  agent: createAgentFence,
  http: createHttpFence,
  command: createCommandFence,
  'sync-starved': createSyncStarvedFence,
  lease: createLeaseFence,
};

export function createFences(clusters: readonly GuardedCluster[], readSecret: ReadSecret): FindFence {
  const fences = new Map(
    clusters.flatMap(({ id, fences: configured }) =>
      configured.map((settings): readonly [string, Fence] => [`${id}/${settings.method}`, make(settings, readSecret)]),
    ),
  );
  // What is planned (a switchover, a rejoin) goes by the agent, whatever else may fence a lost primary.
  // No configuration names `unfenced`: it's what is left where none of them can.
  const always = new Map<string, Fence>([
    ['agent', createAgentFence()],
    ['unfenced', createUnfenced()],
  ]);
  return (cluster, method) => fences.get(`${cluster}/${method}`) ?? always.get(method);
}

export async function fence(deps: DriverDeps, perform: Perform): Promise<Answered> {
  return find(deps, perform)?.fence(deps, perform) ?? notConfigured(perform);
}

export async function unfence(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const found = find(deps, perform);
  if (found === undefined) return notConfigured(perform);
  return (await refuseOthers(deps, perform)) ?? found.unfence(deps, perform);
}

function make<M extends FenceMethod>(settings: Extract<FenceConfig, { method: M }>, readSecret: ReadSecret): Fence {
  return (makers[settings.method as M] as MakeFence<M>)(settings, readSecret);
}

function find(deps: DriverDeps, { run }: Perform): Fence | undefined {
  return deps.findFence(run.cluster, run.plan.fence.method);
}

/** The configuration has changed since the plan was made. */
function notConfigured({ run, step }: Perform): Answered {
  return refused(
    `The fence "${run.plan.fence.method}" of ${run.cluster} isn't configured any more: ${step.member} is left as it is.`,
  );
}
