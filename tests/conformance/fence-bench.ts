// A real set with agents beside its members, a controller's side that performs fences on it, and a look at the only thing
// that counts: whether the old primary still acknowledges a commit, to a session that was open before or to a new one.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StepResult } from '@petrov/core/engine';
import { FenceConfigs, type GuardedCluster } from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { Connection } from '@petrov/runtime/postgres';
import { resolveSecret } from '@petrov/runtime/secrets';
import { createSigner } from '@petrov/runtime/signing';
import { createSite, type MemberDescription, PowerSwitch, type Site } from '@petrov/sandbox';
import { createReach } from '../../apps/controller/src/drivers/facts.ts';
import type { DriverDeps } from '../../apps/controller/src/drivers/driver.ts';
import { perform } from '../../apps/controller/src/drivers/index.ts';
import { createFences } from '../../apps/controller/src/fences/index.ts';
import { AgentDesk } from '../../apps/controller/src/intake/agent-desk.ts';
import { startAgentServer } from '../../apps/controller/src/intake/agent-server.ts';
import { listSources } from '../../apps/controller/src/intake/sources.ts';
import { makeProposal, makeRun, makeStep } from '../../apps/controller/test/made.ts';
import { silent, until } from '../../apps/controller/test/servers.ts';
import type { Child } from '../../packages/drill/src/rig/child.ts';
import { controllerConfig } from '../../packages/drill/src/rig/configs.ts';
import { startAgents } from '../../packages/drill/src/rig/hosts.ts';
import { makeToken } from '../../packages/drill/src/rig/keys.ts';
import { configsOf } from './bench-configs.ts';
import { Door } from './door.ts';
import { Valve } from './valve.ts';

const root = join(import.meta.dirname, '../..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
const COMMIT_WITHIN_MS = 2_500;
const OLD = 'orders-1';
const CANDIDATE = 'orders-2';

export type BenchOptions = {
  /** The fence under test, of what it needs; its `method` names it. */
  readonly fenceOf: (at: { readonly url: string; readonly tokenFile: string }) => { readonly method: string };
  /** Synchronous standbys, with timeouts that notice a cut within seconds. */
  readonly isSync?: boolean;
  /** More of the plan's fence than its method. */
  readonly fencePlan?: Readonly<Record<string, unknown>>;
  readonly leaseMs?: number;
};

export class FenceBench implements AsyncDisposable {
  readonly site: Site;
  /** Between whoever asks the power switch and the switch. */
  readonly valve: Valve;
  readonly agents: ReadonlyMap<string, Child>;
  readonly #deps: DriverDeps;
  readonly #door: Door;
  readonly #options: BenchOptions;
  readonly #stack: AsyncDisposableStack;
  #attempt = 0;
  #row = 0;

  private constructor(
    parts: { site: Site; valve: Valve; agents: ReadonlyMap<string, Child>; deps: DriverDeps; door: Door },
    options: BenchOptions,
    stack: AsyncDisposableStack,
  ) {
    this.site = parts.site;
    this.valve = parts.valve;
    this.agents = parts.agents;
    this.#deps = parts.deps;
    this.#door = parts.door;
    this.#options = options;
    this.#stack = stack;
  }

  static async start(options: BenchOptions): Promise<FenceBench> {
    await using stack = new AsyncDisposableStack();
    const { isSync: sync = false } = options;
    const profile = sync ? 'tuned' : 'default';
    const site = stack.use(await createSite({ root: join(root, 'var', 'test-fences'), sync, profile }));
    const outside = await mkdtemp(join(tmpdir(), 'petrov-fences-'));
    stack.defer(() => rm(outside, { recursive: true }));
    const onProblem = (says: string): void => void process.stderr.write(`${says}\n`);
    const token = await makeToken(join(outside, 'token'));
    const power = stack.use(await PowerSwitch.start({ site, token: token.token, onProblem }));
    const valve = stack.use(await Valve.start(Number(new URL(power.url).port)));
    const { leaseMs } = options;
    const feed = { url: valve.url, tokenFile: token.file };
    const configs = { ...(await configsOf(site, outside, feed)), ...(leaseMs === undefined ? {} : { leaseMs }) };
    const [base] = controllerConfig(configs).clusters;
    if (base === undefined) throw new Error('no cluster');
    const fence = options.fenceOf({ url: valve.url, tokenFile: token.file });
    // No configuration names `unfenced`: it's what is planned where there is none.
    const fences = FenceConfigs.parse(fence.method === 'unfenced' ? [] : [fence]);
    const clusters: GuardedCluster[] = [{ ...base, fences }];
    const desk = new AgentDesk(createSigner(await readFile(configs.engineKey.file, 'utf8')), systemClock);
    const sources = listSources(controllerConfig(configs));
    const take = () => ({ ok: true, observations: [], gapMs: 0, refused: [], missed: 0 }) as const;
    const door = new Door(() => startAgentServer({ path: configs.agentSocket, desk, sources, take, log: silent }));
    await door.open();
    stack.defer(() => door.close());
    const folder = join(site.folder, 'petrov');
    const appPaths = { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') };
    const agents = await startAgents({ site, configs, appPaths, folder, env: {}, onDied: () => undefined });
    await until(() => [...agents.keys()].every((id) => desk.isListening(id)), 'the agents to listen', 60_000);
    const findFence = createFences(clusters, resolveSecret);
    const reach = createReach(clusters, resolveSecret);
    const deps = {
      reach,
      desk,
      findFence,
      clock: systemClock,
      onActing: () => undefined,
      askLook: async () => undefined,
    };
    const bench = new FenceBench({ site, valve, agents, deps, door }, options, stack.move());
    await bench.#prepare();
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** As the engine would ask for it: each call is an attempt of its own. */
  async act(verb: 'fence' | 'unfence', deadlineMs = 40_000): Promise<StepResult> {
    const { method } = this.#options.fenceOf({ url: this.valve.url, tokenFile: '/nowhere' });
    const [set] = this.site.description.sets;
    const made = makeRun('r-1', makeProposal('p-1', { state: 'executing', run: 'r-1' }));
    const plan = {
      ...made.plan,
      primary: OLD,
      candidate: CANDIDATE,
      systemIdentifier: set?.systemIdentifier ?? '',
      fence: { ...made.plan.fence, ...this.#options.fencePlan, method: method as 'agent' },
    };
    const attempt = (this.#attempt += 1);
    const step = { ...makeStep(verb, OLD), deadlineMs };
    return await perform(this.#deps, {
      type: 'perform',
      run: { ...made, plan },
      step,
      attempt,
      epoch: 1,
      nonce: `r-1/${verb}/${attempt}`,
      lookedAtSteadyMs: 0,
    });
  }

  /** No agent reaches the controller any more. */
  async closeDoor(): Promise<void> {
    await this.#door.close();
  }

  /** Networks and the controller are as before. */
  async reconnect(): Promise<void> {
    await this.site.heal();
    await this.#door.open();
  }

  /** A session with the old primary, as a client holds one. */
  async hold(): Promise<Connection> {
    return await this.#open(OLD);
  }

  /** Whether a commit is acknowledged: to a session that is open already, or else to a new one. */
  async takesWrites(held?: Connection): Promise<boolean> {
    let fresh: Connection | undefined;
    try {
      const connection = held ?? (fresh = await this.#open(OLD));
      await connection.query(`INSERT INTO fenced VALUES (${(this.#row += 1)})`, COMMIT_WITHIN_MS);
      return true;
    } catch {
      return false; // refused, read-only, gone, or no answer in time: not acknowledged
    } finally {
      fresh?.destroy();
    }
  }

  async promoteAnother(): Promise<void> {
    const connection = await this.#open(CANDIDATE);
    await connection.query('SELECT pg_promote(true, 20)', 25_000);
    await connection.close();
  }

  async #prepare(): Promise<void> {
    const connection = await this.#open(OLD);
    await connection.query('CREATE TABLE fenced (id int)', COMMIT_WITHIN_MS);
    await connection.close();
  }

  async #open(id: string): Promise<Connection> {
    const member = memberOf(this.site, id);
    const at = { host: member.socketFolder, port: member.port, user: 'postgres', database: 'postgres' };
    return await Connection.open({ ...at, applicationName: 'fence-bench' }, COMMIT_WITHIN_MS);
  }
}

function memberOf(site: Site, id: string): MemberDescription {
  const found = site.description.sets.flatMap(({ members }) => members).find((member) => member.id === id);
  if (found === undefined) throw new Error(`no member ${id}`);
  return found;
}
