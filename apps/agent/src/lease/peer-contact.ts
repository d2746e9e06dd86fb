// Whether another member was reached, in a way that the controller can see there: by a session under a name of its own, and only
// once that session has stood for a while, so that nobody who looks there now and then can miss it.
import type { AgentConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Connection } from '@petrov/runtime/postgres';
import { openPeer } from '../host/peers.ts';

const WITHIN_MS = 1_000;
const STANDS_MS = 2_000;

export class PeerContact {
  readonly #open: () => Promise<Connection>;
  readonly #clock: Clock;
  #session: { readonly connection: Connection; readonly openedAtMs: number } | undefined;

  constructor(peer: AgentConfig['peers'][number], member: string, clock: Clock) {
    this.#open = () => openPeer(peer, member, `petrov-lease-${member}`.slice(0, 63));
    this.#clock = clock;
  }

  /** When the question was sent that it answered; undefined when it didn't, or its session is too young to count. */
  async look(): Promise<number | undefined> {
    const sentAtMs = this.#clock.monotonicMs();
    try {
      this.#session ??= { connection: await this.#open(), openedAtMs: this.#clock.monotonicMs() };
      await this.#session.connection.query('SELECT 1', WITHIN_MS);
      return sentAtMs - this.#session.openedAtMs >= STANDS_MS ? sentAtMs : undefined;
    } catch {
      this.end(); // nobody was reached: that is all that counts here
      return undefined;
    }
  }

  end(): void {
    this.#session?.connection.destroy();
    this.#session = undefined;
  }
}
