// How clients find the primary by this host: what of it is on, by the agent's own file. All of it goes by the role of the
// local server, so it works the same whether the controller is there or not.
import type { HostFacts } from '../host/host-facts.ts';
import type { Host } from '../verb.ts';
import { FloatingAddress } from './floating-address.ts';
import { HealthEndpoint } from './health-endpoint.ts';
import { Hooks } from './hooks.ts';
import { LocalRole } from './local-role.ts';
import { findOtherPrimary } from './other-primary.ts';

const LOOK_EVERY_MS = 200;

export type RoutingFacts = NonNullable<HostFacts['routing']>;

export class Routing {
  readonly #role: LocalRole;
  readonly #health: HealthEndpoint | undefined;
  readonly #address: FloatingAddress | undefined;
  readonly #hooks: Hooks | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(host: Host) {
    const { health, address, hooks } = host.config.routing;
    this.#role = new LocalRole(host);
    this.#health = health && new HealthEndpoint(health, this.#role, host.log);
    this.#address =
      address &&
      new FloatingAddress(address, {
        mayTake: () => !this.#role.isFenced(),
        findOtherPrimary: () => findOtherPrimary(host.config),
        log: host.log,
      });
    this.#hooks = hooks && new Hooks(hooks, host);
  }

  /** Checks are answered by themselves; only what acts on this host has to look by itself. */
  start(): void {
    this.#health?.start();
    if (this.#address !== undefined || this.#hooks !== undefined)
      this.#timer = setInterval(() => this.#lookOnce(), LOOK_EVERY_MS);
  }

  facts(): RoutingFacts | undefined {
    if (this.#address === undefined && this.#hooks === undefined) return undefined;
    return {
      ...(this.#address === undefined ? {} : { address: this.#address.isHeld ? 'held' : 'not-held' }),
      ...(this.#hooks?.last === undefined ? {} : { hook: this.#hooks.last }),
    };
  }

  /** Before the first process is stopped nobody is sent here any more. Giving the address up is bounded. */
  async aroundFence<T>(act: () => Promise<T>): Promise<T> {
    return await this.#role.whileFencing(async () => {
      await this.#address?.drop();
      return await act();
    });
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    await this.#address?.drop();
    await Promise.all([this.#health?.end(), this.#hooks?.end()]);
    await this.#role.close();
  }

  #lookOnce(): void {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
  }

  async #look(): Promise<void> {
    const seen = await this.#role.readAnew();
    this.#hooks?.notice(seen);
    await this.#address?.settle(seen);
  }
}
