// Performs a fence or lifts it as the engine would ask, on a cluster whose members are where the test says.
import type { StepResult } from '@petrov/core/engine';
import { FenceConfig, type GuardedCluster, ControllerConfig } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { Secret } from '@petrov/runtime/secrets';
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';
import { createReach } from '../../src/drivers/facts.ts';
import type { DriverDeps } from '../../src/drivers/driver.ts';
import { perform } from '../../src/drivers/index.ts';
import { createFences } from '../../src/fences/index.ts';
import { AgentDesk } from '../../src/intake/agent-desk.ts';
import { makeProposal, makeRun, makeStep } from '../made.ts';

export type Endpoint = { readonly host: string; readonly port: number };
export type FenceWorld = {
  readonly deps: DriverDeps;
  readonly cluster: GuardedCluster;
  readonly act: (verb: 'fence' | 'unfence', attempt?: number) => Promise<StepResult>;
};

/** A cluster orders of orders-1, the old primary, and orders-2, each at a port of a socket's folder. */
export function makeFenceWorld(
  settings: unknown,
  {
    members = { 'orders-1': { host: '/nowhere', port: 1 }, 'orders-2': { host: '/nowhere', port: 2 } },
    deadlineMs = 3_000,
    secrets = {},
  }: {
    readonly members?: Readonly<Record<string, Endpoint>>;
    readonly deadlineMs?: number;
    readonly secrets?: Readonly<Record<string, string>>;
  } = {},
): FenceWorld {
  const fence = FenceConfig.parse(settings);
  const { clusters } = ControllerConfig.parse({
    version: 1,
    engineKey: 'env:KEY',
    witnesses: [],
    clusters: [
      {
        id: 'orders',
        fences: [settings],
        members: Object.entries(members).map(([id, { host, port }]) => ({
          id,
          zone: id,
          role: id === 'orders-1' ? 'primary' : 'standby',
          replicationHost: host,
          replicationPort: port,
          endpoint: { host, port, user: 'postgres', database: 'postgres' },
          agent: { publicKey: generateKeyPair().publicKey },
        })),
      },
    ],
  });
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error('no cluster');
  const readSecret = (reference: string) => new Secret(secrets[reference] ?? 'none');
  const deps: DriverDeps = {
    reach: createReach(clusters, readSecret),
    desk: new AgentDesk(createSigner(generateKeyPair().privateKeyPem), systemClock),
    findFence: createFences(clusters, readSecret),
    clock: systemClock,
    onActing: () => undefined,
    askLook: async () => undefined,
  };
  const made = makeRun('r-1', makeProposal('p-1', { state: 'executing', run: 'r-1' }));
  const run = { ...made, plan: { ...made.plan, fence: { ...made.plan.fence, method: fence.method } } };
  return {
    deps,
    cluster,
    act: (verb, attempt = 1) =>
      perform(deps, {
        type: 'perform',
        run,
        step: { ...makeStep(verb, 'orders-1'), deadlineMs },
        attempt,
        epoch: 1,
        nonce: `r-1/${verb}/${attempt}`,
        lookedAtSteadyMs: 0,
      }),
  };
}
