// A running system of its own: a sandbox site, stores, the controller, witnesses, agents and a client that writes. Taking it
// down is bounded and complete, also when it came up halfway.
import { ClusterView } from '@petrov/core/wire';
import type { Site } from '@petrov/sandbox';
import type { ApiClient } from './api-client.ts';
import { buildRig } from './build.ts';
import type { Child } from './child.ts';
import type { ControllerProcess } from './controller.ts';
import type { Inbox } from './inbox.ts';
import type { RigOptions } from './options.ts';
import type { Stores } from './stores.ts';
import { Undo } from './undo.ts';

export type Client = {
  readonly child: Child;
  /** One JSON line for each acknowledged and each failed write. */
  readonly logFile: string;
};

export type RigParts = {
  readonly site: Site;
  readonly cluster: string;
  readonly stores: Stores;
  readonly inbox: Inbox;
  readonly client: Client;
  readonly controller: ControllerProcess;
  /** By the member beside which each runs. */
  readonly agents: ReadonlyMap<string, Child>;
  /** Where they find the controller. */
  readonly agentSocket: string;
  /** Of the console. */
  readonly url: string;
};

export class Rig {
  readonly parts: RigParts;
  readonly #undo: Undo;

  constructor(parts: RigParts, undo: Undo) {
    this.parts = parts;
    this.#undo = undo;
  }

  /** Over the controller's admin socket. With `drill` it speaks as that scenario's script, `as` one of its people. */
  client(drill?: string, as?: string): ApiClient {
    const name: Record<string, string> = as === undefined ? {} : { 'x-petrov-user': as };
    return this.parts.controller.client(drill === undefined ? undefined : { 'x-petrov-drill': drill, ...name });
  }

  async view(): Promise<ClusterView> {
    return await this.client().get(`/clusters/${this.parts.cluster}`, ClusterView);
  }

  /** SIGKILL to what is left of it, and a new one on the same stores; resolves when that one answers. */
  async restartController(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { controller } = this.parts;
    controller.child.expectEnd();
    controller.child.kill('SIGKILL');
    await controller.child.exited;
    await controller.start(env);
    await controller.waitUntilUp();
  }

  /** Something more that has to end with it. */
  addUndo(name: string, end: () => Promise<unknown>): void {
    this.#undo.add(name, end);
  }

  /** Takes everything down, once; answers in words what could not be ended. */
  async stop(): Promise<readonly string[]> {
    return await this.#undo.run();
  }
}

/** Resolves when the verdict is healthy and client writes flow; what came up is taken down again when that fails. */
export async function createRig(options: RigOptions): Promise<Rig> {
  const undo = new Undo();
  try {
    return new Rig(await buildRig(options, undo), undo);
  } catch (error) {
    for (const line of await undo.run()) options.onProblem?.(line);
    throw error;
  }
}
