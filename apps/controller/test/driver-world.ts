// The native driver over a real primary with a real standby, for its tests.
import type { JournalEvent, Run } from '@petrov/core/journal';
import type { Step } from '@petrov/core/plan';
import { ControllerConfig } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { Secret } from '@petrov/runtime/secrets';
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';
import { createReach, readMember } from '../src/drivers/facts.ts';
import { perform } from '../src/drivers/index.ts';
import { createFences } from '../src/fences/index.ts';
import { AgentDesk } from '../src/intake/agent-desk.ts';
import { makeProposal, makeRun, makeStep } from './made.ts';
import { startPair } from './pair.ts';

type Pair = Awaited<ReturnType<typeof startPair>>;
export type Drivers = Awaited<ReturnType<typeof startDrivers>>;

export async function startDrivers() {
  const pair = await startPair();
  const made = makeRun('r-1', makeProposal('p-1', { state: 'executing', run: 'r-1' }));
  let run: Run = made;
  const world = makeWorld(pair, () => run);
  const read = await readMember(world.reach, 'orders', 'orders-2');
  if (!read.ok) throw new Error(read.says);
  const { systemIdentifier = '', receivedLsn } = read.facts;
  run = { ...made, plan: { ...made.plan, systemIdentifier, candidateLsn: receivedLsn ?? made.plan.candidateLsn } };
  return { pair, world };
}

type Acting = {
  readonly was?: string;
  readonly set?: string;
  readonly slots?: string[];
  readonly attempt?: number;
  readonly deadlineMs?: number;
  readonly lookedMsAgo?: number;
  readonly steadyMsAgo?: number;
};

function makeWorld(pair: Pair, runs: () => Run) {
  const member = (id: string, role: string, port: number) => ({
    id,
    zone: id,
    role,
    replicationHost: pair.folder,
    replicationPort: port,
    endpoint: { host: pair.folder, port, user: 'petrov_controller', database: 'postgres' },
    agent: { publicKey: generateKeyPair().publicKey },
  });
  const { clusters } = ControllerConfig.parse({
    version: 1,
    engineKey: 'env:KEY',
    witnesses: [],
    clusters: [
      {
        id: 'orders',
        members: [
          member('orders-1', 'primary', pair.ports.primary),
          member('orders-2', 'standby', pair.ports.standby),
          member('orders-3', 'standby', 9),
        ],
      },
    ],
  });
  const reach = createReach(clusters, () => new Secret('none'));
  const desk = new AgentDesk(createSigner(generateKeyPair().privateKeyPem), systemClock);
  const asked: unknown[] = [];
  const deps = {
    reach,
    desk,
    findFence: createFences(clusters, () => new Secret('none')),
    clock: systemClock,
    onActing: () => undefined,
    askLook: async (look: unknown) => void asked.push(look),
  };
  const act = (verb: Step['verb'], at: string, rest: Acting = {}) => {
    const atMs = Date.now() - (rest.lookedMsAgo ?? 0);
    const journal: JournalEvent[] = [{ type: 'done', step: 'settle', attempt: 1, atMs, says: 'looked', facts: {} }];
    const step = {
      ...makeStep(verb, at),
      deadlineMs: rest.deadlineMs ?? 5_000,
      ...(rest.slots === undefined ? {} : { slots: rest.slots }),
      ...(rest.was === undefined ? {} : { was: rest.was, set: rest.set ?? '' }),
    };
    return perform(deps, {
      type: 'perform',
      run: { ...runs(), journal },
      step,
      attempt: rest.attempt ?? 1,
      epoch: 1,
      nonce: `r-1/${verb}/1`,
      lookedAtSteadyMs: systemClock.monotonicMs() - (rest.steadyMsAgo ?? Math.abs(rest.lookedMsAgo ?? 0)),
    });
  };
  return { reach, desk, asked, act };
}
