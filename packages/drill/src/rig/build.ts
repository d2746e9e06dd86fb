// Brings a rig up. What doesn't wait for one another starts at once: stores beside the site; then controller, witnesses,
// agents and the client together.
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLog } from '@petrov/runtime/log';
import { createRedis } from '@petrov/runtime/redis';
import { createSigner } from '@petrov/runtime/signing';
import { clearLeftovers, createSite, PowerSwitch, type Site, startWriter } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';
import { createCanaryReporter } from './canary.ts';
import { watchChild } from './child.ts';
import { agentKeyName, canaryKeyName, type ConfigInput, controllerConfig, getSet } from './configs.ts';
import { Control } from './control.ts';
import { ControllerProcess, writeConfig } from './controller.ts';
import { type HostsInput, startAgents, startWitnesses } from './hosts.ts';
import { Inbox } from './inbox.ts';
import { type KeptKey, keepKey, makeKeys, makeToken, makeWebhookSecret } from './keys.ts';
import type { RigOptions } from './options.ts';
import { findFreePort } from './port.ts';
import { clearRigs, RigRecord } from './record.ts';
import type { Client, RigParts } from './rig.ts';
import { startStores, type Stores } from './stores.ts';
import type { Undo } from './undo.ts';
import { waitUntilHealthy } from './wait-until-healthy.ts';

/** A path in sun_path has at most 107 bytes. */
const SOCKET_FOLDER_BYTES_MAX = 107 - '/sandbox.sock'.length;

type Run = {
  readonly options: RigOptions;
  readonly undo: Undo;
  readonly record: RigRecord;
  readonly root: string;
  readonly dataFolder: string;
  readonly say: (phase: string, says: string) => void;
};
type Ground = {
  readonly engineKey: KeptKey;
  readonly webhook: { readonly file: string; readonly secret: string };
  readonly inbox: Inbox;
  readonly socketFolder: string;
  readonly port: number;
};

export async function buildRig(options: RigOptions, undo: Undo): Promise<RigParts> {
  const startedMs = performance.now();
  const say = (phase: string, says: string): void =>
    options.onProgress?.({ phase, says, atMs: performance.now() - startedMs });
  const root = resolve(options.root);
  const dataFolder = resolve(options.dataFolder ?? join(root, 'controller'));
  const cleared = [...(await clearRigs(root)), ...(await clearLeftovers(root))];
  if (cleared.length > 0) say('cleared', `cleared what a killed run had left: ${cleared.join(', ')}`);
  const record = await RigRecord.take(dataFolder, options.isTemporary ?? false);
  undo.add('the record of this run', () => record.close());
  const run: Run = { options, undo, record, root, dataFolder, say };
  const [stores, site, ground] = await settleAll([makeStores(run), makeSite(run), layGround(run)]);
  options.signal?.throwIfAborted();
  const parts = await populate(run, { stores, site, ground });
  await waitUntilHealthy(parts, options.signal);
  say('healthy', 'the verdict is healthy: all witnesses, agents and the client agree');
  return parts;
}

/** All of them end before the first failure is thrown, so that nothing comes up while all is taken down. */
async function settleAll<T extends readonly Promise<unknown>[]>(work: readonly [...T]) {
  await Promise.allSettled(work);
  return await Promise.all(work);
}

async function makeStores({ dataFolder, undo, say }: Run): Promise<Stores> {
  const stores = await startStores(dataFolder, undo);
  say('stores', "Petrov's own Postgres and Redis are up");
  return stores;
}

async function makeSite({ options, root, undo, record, say }: Run): Promise<Site> {
  const { cluster, sync = false, profile = 'default' } = options;
  const site = await createSite({ root, cluster, sync, profile });
  undo.add('the sandbox', () => site.close(), 30_000);
  await record.setSite(site.id);
  const [primary, ...standbys] = getSet(site.description, cluster).members;
  const how = sync ? 'synchronous standbys' : 'standbys';
  say('sandbox', `${cluster} streams: primary ${primary?.id}, ${how} ${standbys.map(({ id }) => id).join(' and ')}`);
  return site;
}

async function layGround({ options, dataFolder, undo, record }: Run): Promise<Ground> {
  const own = join(dataFolder, 'run');
  const isShort = Buffer.byteLength(own) <= SOCKET_FOLDER_BYTES_MAX;
  if (isShort) await mkdir(own, { recursive: true, mode: 0o700 });
  const socketFolder = isShort ? own : await mkdtemp(join(tmpdir(), 'petrov-'));
  await record.addFolder(socketFolder);
  const webhook = await makeWebhookSecret(join(dataFolder, 'webhook.secret'));
  const inbox = await Inbox.start(webhook.secret);
  undo.add('the inbox', () => inbox[Symbol.asyncDispose]());
  const engineKey = await keepKey(join(dataFolder, 'engine.pem'));
  return { engineKey, webhook, inbox, socketFolder, port: await findFreePort(options.port) };
}

type Base = { readonly stores: Stores; readonly site: Site; readonly ground: Ground };

async function populate(run: Run, base: Base): Promise<RigParts> {
  const { options, undo, say } = run;
  const { site, ground, stores } = base;
  const folder = join(site.folder, 'petrov');
  await mkdir(folder, { mode: 0o700 });
  const power = await startPower(run, site);
  const configs = await makeConfigs(run, base, { folder, power });
  let isEnding = false;
  const onDied = ({ says }: { readonly says: string }): void => {
    if (!isEnding) options.onProblem?.(says);
  };
  const env = { NODE_COMPILE_CACHE: join(run.root, 'cache', 'node') };
  const hosts: HostsInput = { site, configs, appPaths: options.appPaths, folder, env, onDied };
  const controller = new ControllerProcess(
    {
      mainPath: options.appPaths.controller,
      configFile: await writeConfig(run.dataFolder, 'controller.yaml', controllerConfig(configs)),
      logFile: join(run.dataFolder, 'controller.log'),
      adminSocket: join(ground.socketFolder, 'admin.sock'),
      recordFile: options.recordFile,
    },
    { onDied, onPid: (pid) => run.record.addProcess('the controller', pid) },
  );
  const control = await Control.start({ site, inbox: ground.inbox }, configs.sandboxSocket);
  undo.add("the sandbox's control", () => control[Symbol.asyncDispose]());
  await controller.start({ ...env, ...options.controllerEnv });
  undo.add('the controller', () => controller.child.stop(12_000));
  undo.add('the programs in the hosts', async () => {
    isEnding = true;
  });
  const [agents] = await settleAll([startAgents(hosts), startWitnesses(hosts)]);
  say('programs', 'three witnesses and three agents run in their hosts');
  await controller.waitUntilUp(options.signal);
  say('controller', `the controller answers on port ${ground.port}`);
  // Last, since its writes take what the others need to come up.
  const client = await startClient(run, { site, stores, configs, folder, onDied });
  const url = `http://localhost:${ground.port}`;
  const { cluster } = options;
  const { agentSocket } = configs;
  const { inbox } = ground;
  return { site, cluster, stores, inbox, client, controller, agents, agentSocket, url };
}

async function startPower({ dataFolder, undo, options }: Run, site: Site): Promise<ConfigInput['power']> {
  const { file, token } = await makeToken(join(dataFolder, 'power.token'));
  const onProblem = (says: string): void => options.onProblem?.(says);
  const power = await PowerSwitch.start({ site, token, onProblem });
  undo.add('the power switch', () => power[Symbol.asyncDispose]());
  return { url: power.url, tokenFile: file };
}

async function makeConfigs(
  { options }: Run,
  base: Base,
  { folder, power }: { readonly folder: string; readonly power: ConfigInput['power'] },
): Promise<ConfigInput> {
  const { site, ground, stores } = base;
  const { cluster, routing: { isAddressMoved = false, hooks } = {} } = options;
  const { members } = getSet(site.description, cluster);
  const keys = await makeKeys(folder, [
    ...site.description.witnesses.map(({ id }) => id),
    ...members.map(({ id }) => agentKeyName(id)),
    canaryKeyName(cluster),
  ]);
  return {
    site: site.description,
    cluster,
    preset: options.preset ?? 'default',
    policy: options.policy,
    environment: options.environment,
    keyOf: (name) => {
      const key = keys.get(name);
      if (key !== undefined) return key;
      throw new DrillError('no-key', `no key was made for ${name}`);
    },
    engineKey: ground.engineKey,
    agentSocket: join(ground.socketFolder, 'agents.sock'),
    sandboxSocket: join(ground.socketFolder, 'sandbox.sock'),
    floating: isAddressMoved ? await site.openSegment() : undefined,
    hooks: hooks && ((member) => hooks(site, member)),
    redis: stores.redisUrl,
    storeUrl: stores.databaseUrl,
    port: ground.port,
    pager: { url: ground.inbox.url, secretFile: ground.webhook.file },
    power,
    onlyFence: options.onlyFence,
    neverPromoted: options.neverPromoted ?? [],
  };
}

type ClientInput = Pick<HostsInput, 'configs' | 'folder' | 'onDied'> & Pick<Base, 'stores' | 'site'>;

async function startClient({ options, undo }: Run, input: ClientInput): Promise<Client> {
  const { site, configs, folder } = input;
  const redis = createRedis({ url: input.stores.redisUrl, name: 'canary', log: createLog('canary', 'error') });
  undo.add('the canary', async () => redis.disconnect());
  const key = await readFile(configs.keyOf(canaryKeyName(configs.cluster)).file, 'utf8');
  const report = createCanaryReporter({ cluster: configs.cluster, redis, signer: createSigner(key) });
  const writer = await startWriter(site, {
    cluster: configs.cluster,
    pauseMs: options.writePauseMs ?? 0,
    onCanary: ({ atMs, succeeded, failed, p99Ms }) =>
      void report({ atMs, succeeded, failed, ...(p99Ms === null ? {} : { p99Ms }) }),
  });
  const child = watchChild({ name: 'the client', logFile: join(folder, 'client.log') }, writer.process, input.onDied);
  return { child, logFile: writer.logFile };
}
