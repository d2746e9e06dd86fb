// Programs of this host's owner that are run when the role of the local server has changed: one at a time, each with a
// deadline, never waited for by anything that Petrov does. The role last told is on disk: a change while no agent ran is told
// by the next one, and one that was cut short is told again.
import { join } from 'node:path';
import type { HooksConfig } from '@petrov/core/wire';
import { z } from 'zod';
import { readIfThere, writeDurably } from '../state/durable.ts';
import type { Host } from '../verb.ts';
import { type Ran, runBounded } from './bounded-command.ts';
import type { RoleReading } from './local-role.ts';

const ToldRole = z.enum(['primary', 'standby', 'fenced']);
export type ToldRole = z.infer<typeof ToldRole>;
export type HookName = 'onPromoted' | 'onDemoted' | 'onFenced';
export type HookResult = { readonly hook: HookName; readonly outcome: Ran['outcome']; readonly says: string };

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const SAYS_CHARACTERS_MAX = 500;

/** Pure. Undefined while the role isn't known: nothing is told then. */
export function roleToTell({ role, isFenced }: RoleReading): ToldRole | undefined {
  if (isFenced) return 'fenced';
  return role === 'unknown' ? undefined : role;
}

/** Pure. Of a member that nothing was told of yet, its role isn't a change. */
export function hookFor(before: ToldRole | undefined, now: ToldRole): HookName | undefined {
  if (before === undefined || before === now) return undefined;
  if (now === 'primary') return 'onPromoted';
  if (now === 'fenced') return 'onFenced';
  return before === 'primary' ? 'onDemoted' : undefined;
}

export class Hooks {
  readonly #config: HooksConfig;
  readonly #host: Host;
  readonly #path: string;
  readonly #stop = new AbortController();
  #told: ToldRole | undefined;
  #running: Promise<void> | undefined;
  #last: HookResult | undefined;

  constructor(config: HooksConfig, host: Host) {
    this.#config = config;
    this.#host = host;
    this.#path = join(host.config.stateDirectory, 'told-role');
    this.#told = ToldRole.safeParse(readIfThere(this.#path)).data;
  }

  /** How the last one ended. */
  get last(): HookResult | undefined {
    return this.#last;
  }

  /** Returns at once. While one runs nothing is queued: the role that stands when it has ended is what is told next. */
  notice(seen: RoleReading): void {
    const role = roleToTell(seen);
    if (role === undefined || role === this.#told || this.#running !== undefined || this.#stop.signal.aborted) return;
    this.#running = this.#tell(role, seen.timeline)
      .catch((error: unknown) => this.#host.log.error({ err: error, role }, 'a change of role could not be told'))
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Ends the one that runs. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #tell(role: ToldRole, timeline: number | undefined): Promise<void> {
    const hook = hookFor(this.#told, role);
    const argv = hook && this.#config[hook];
    if (hook !== undefined && argv !== undefined) {
      const { outcome, output } = await runBounded(argv, {
        timeoutMs: this.#config.timeoutMs,
        env: this.#environment(role, timeline),
        signal: this.#stop.signal,
      });
      this.#last = { hook, outcome, says: output.slice(-SAYS_CHARACTERS_MAX) };
      const result = { hook, role, outcome, output };
      if (outcome === 'done') this.#host.log.info(result, 'a hook was run');
      else this.#host.log.error(result, 'a hook was run and did not succeed');
      if (outcome === 'ended') return; // the agent ends: the next one tells it again
    }
    writeDurably(this.#path, role);
    this.#told = role;
  }

  #environment(role: ToldRole, timeline: number | undefined): Record<string, string> {
    const { cluster, member } = this.#host.config;
    return {
      PATH,
      PETROV_CLUSTER: cluster,
      PETROV_MEMBER: member,
      PETROV_ROLE: role,
      PETROV_TIMELINE: timeline === undefined ? '' : String(timeline),
    };
  }
}
