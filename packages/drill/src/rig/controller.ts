// The controller's process: started outside of all hosts, found by its admin socket, started again after a crash.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignInLink, StatusView } from '@petrov/core/wire';
import { DrillError } from '../errors.ts';
import { waitUntil } from '../wait.ts';
import { createApiClient, type ApiClient } from './api-client.ts';
import { type Child, type ChildDied, lastLines, spawnOutside, watchChild } from './child.ts';

export type ControllerPlace = {
  readonly mainPath: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly adminSocket: string;
  readonly recordFile?: string | undefined;
};

export type ControllerHooks = {
  readonly onDied: (died: ChildDied) => void;
  readonly onPid: (pid: number) => Promise<void>;
};

/** A second or two on a machine of its own; a busy one needs as long as it needs. */
const UP_WITHIN_MS = 120_000;

export class ControllerProcess {
  readonly place: ControllerPlace;
  readonly #hooks: ControllerHooks;
  #child: Child | undefined;

  constructor(place: ControllerPlace, hooks: ControllerHooks) {
    this.place = place;
    this.#hooks = hooks;
  }

  get child(): Child {
    if (this.#child !== undefined) return this.#child;
    throw new DrillError('not-started', 'the controller was not started yet');
  }

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { mainPath, configFile, adminSocket, recordFile, logFile } = this.place;
    const record = recordFile === undefined ? [] : ['--record', recordFile];
    const argv = [process.execPath, mainPath, '--config', configFile, '--admin-socket', adminSocket, ...record];
    const started = spawnOutside(argv, { logFile, env });
    this.#child = watchChild({ name: 'the controller', logFile }, started, this.#hooks.onDied);
    await this.#hooks.onPid(started.pid);
  }

  /** Resolves when it answers on its admin socket. */
  async waitUntilUp(signal?: AbortSignal): Promise<void> {
    const client = this.client();
    let hasEnded = false;
    void this.child.exited.finally(() => (hasEnded = true)).catch(() => undefined); // told by the watch of the child
    const isUp = async (): Promise<boolean> => {
      if (hasEnded)
        throw new DrillError('gave-up', `the controller did not start:\n${await lastLines(this.place.logFile)}`);
      await client.get('/status', StatusView);
      return true;
    };
    try {
      await waitUntil(isUp, { what: 'the controller to answer', timeoutMs: UP_WITHIN_MS, everyMs: 50, signal });
    } catch (error) {
      if (error instanceof DrillError && error.code === 'timed-out') {
        const said = await lastLines(this.place.logFile);
        throw new DrillError('timed-out', `${error.message}. Its log ends with:\n${said || '(nothing)'}`, error);
      }
      throw error;
    }
  }

  client(headers: Readonly<Record<string, string>> = { 'x-petrov-user': 'petrov-up' }): ApiClient {
    return createApiClient({ socketPath: this.place.adminSocket, headers });
  }

  async signIn(): Promise<SignInLink> {
    return await this.client().post('/admin/sign-in-links', {}, SignInLink);
  }
}

/** JSON is YAML: what is written here is read by the same loader as a file of a person's own. */
export async function writeConfig(folder: string, name: string, config: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(
    file,
    `# Written by "petrov up" for its sandbox; JSON is YAML.\n${JSON.stringify(config, null, 2)}\n`,
    {
      mode: 0o600,
    },
  );
  return file;
}
