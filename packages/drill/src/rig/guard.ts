// The controller for clusters of one's own: no sandbox. Its stores are those of its configuration or of DATABASE_URL and
// REDIS_URL; without them embedded ones below the data folder.
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ControllerConfig, ControllerRecord } from '@petrov/core/wire';
import { loadConfig } from '@petrov/runtime/config';
import { DrillError } from '../errors.ts';
import { ControllerProcess } from './controller.ts';
import type { Progress } from './options.ts';
import { clearRigs, RigRecord } from './record.ts';
import { startStores } from './stores.ts';
import { waitUntil } from '../wait.ts';
import { Undo } from './undo.ts';

export type GuardOptions = {
  readonly configFile: string;
  readonly root: string;
  readonly controllerMain: string;
  readonly recordFile: string;
  /** Handed on to the controller: its secrets may be in it by name. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (progress: Progress) => void;
  readonly onProblem: (says: string) => void;
  readonly signal: AbortSignal;
};

export type Guard = {
  readonly url: string;
  readonly controller: ControllerProcess;
  readonly clusters: readonly string[];
  readonly stop: () => Promise<readonly string[]>;
};

const ADMIN_SOCKET = 'admin.sock';
const SOCKET_PATH_BYTES_MAX = 107;

export async function startGuard(options: GuardOptions): Promise<Guard> {
  const config = loadConfig(options.configFile, ControllerConfig);
  if (config.sandboxSocket !== undefined) {
    throw new DrillError(
      'not-a-guard',
      `${options.configFile} names a sandboxSocket: take that key out, it is written by "petrov up" alone.`,
    );
  }
  const undo = new Undo();
  try {
    return await start(options, config, undo);
  } catch (error) {
    for (const line of await undo.run()) options.onProblem(line);
    throw error;
  }
}

async function start(options: GuardOptions, config: ControllerConfig, undo: Undo): Promise<Guard> {
  const startedMs = performance.now();
  const say = (phase: string, says: string): void =>
    options.onProgress({ phase, says, atMs: performance.now() - startedMs });
  const root = resolve(options.root);
  await clearRigs(root);
  const dataFolder = join(root, 'controller');
  const record = await RigRecord.take(dataFolder, false);
  undo.add('the record of this run', () => record.close());
  const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = options.env;
  const stores = await startStores(dataFolder, undo, {
    databaseUrl: config.store === undefined ? nonEmpty(databaseUrl) : 'of the configuration',
    redisUrl: config.redis === undefined ? nonEmpty(redisUrl) : 'of the configuration',
  });
  say('stores', "Petrov's own Postgres and Redis are there");
  options.signal.throwIfAborted();
  const controller = new ControllerProcess(
    {
      mainPath: options.controllerMain,
      configFile: options.configFile,
      logFile: join(dataFolder, 'controller.log'),
      adminSocket: join(await socketFolder(dataFolder, record), ADMIN_SOCKET),
      recordFile: options.recordFile,
    },
    { onDied: ({ says }) => options.onProblem(says), onPid: (pid) => record.addProcess('the controller', pid) },
  );
  await controller.start({ ...known(options.env), DATABASE_URL: stores.databaseUrl, REDIS_URL: stores.redisUrl });
  undo.add('the controller', () => controller.child.stop(12_000));
  await controller.waitUntilUp(options.signal);
  say('controller', `the controller watches ${config.clusters.map(({ id }) => id).join(', ')}`);
  const url = await readUrl(options, controller.child.pid);
  return { url, controller, clusters: config.clusters.map(({ id }) => id), stop: () => undo.run() };
}

/** As the controller itself wrote it down: a port that is taken makes it take the next. */
async function readUrl({ recordFile, signal }: GuardOptions, pid: number): Promise<string> {
  const read = async (): Promise<string | undefined> => {
    const text = await readFile(recordFile, 'utf8').catch(() => undefined);
    if (text === undefined || text === '') return undefined;
    const record = ControllerRecord.parse(JSON.parse(text));
    return record.pid === pid ? record.url : undefined;
  };
  return await waitUntil(read, { what: 'the controller to say where it is', timeoutMs: 10_000, everyMs: 50, signal });
}

async function socketFolder(dataFolder: string, record: RigRecord): Promise<string> {
  const own = join(dataFolder, 'run');
  if (Buffer.byteLength(join(own, ADMIN_SOCKET)) <= SOCKET_PATH_BYTES_MAX) {
    await mkdir(own, { recursive: true, mode: 0o700 });
    await record.addFolder(own);
    return own;
  }
  const folder = await mkdtemp(join(tmpdir(), 'petrov-'));
  await record.addFolder(folder);
  return folder;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function known(env: GuardOptions['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
