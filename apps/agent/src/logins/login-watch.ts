// Tries this member's logins at the others each few minutes, one after the other, and keeps what came of it. That a login
// works is known before it is needed, or not at all.
import { setTimeout as pause } from 'node:timers/promises';
import type { LoginFacts } from '@petrov/core/observation';
import { explain, type Host } from '../verb.ts';
import { tryLogins } from './try-logins.ts';

const FIRST_AFTER_MS = 3_000;
const AGAIN_AFTER_MS = 300_000;
/** While one doesn't work somebody may be at mending it. */
const AGAIN_SOON_MS = 60_000;

export class LoginWatch {
  readonly #host: Host;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #tried: { readonly atMs: number; readonly peers: LoginFacts['peers'] } | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  start(): void {
    if (this.#host.config.peers.length > 0) this.#running = this.#run();
  }

  /** The try in hand is brought to its end, which is near. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  facts(): LoginFacts | undefined {
    if (this.#tried === undefined) return undefined;
    const { atMs, peers } = this.#tried;
    return { agoMs: Math.max(0, Math.round(this.#host.clock.monotonicMs() - atMs)), peers };
  }

  async #run(): Promise<void> {
    for (let waitMs = FIRST_AFTER_MS; await this.#wait(waitMs); ) {
      const isAllWell = await this.#tryAll().catch((error: unknown) => {
        this.#host.log.warn({ why: explain(error) }, 'the logins at the other members could not be tried');
        return false;
      });
      waitMs = isAllWell ? AGAIN_AFTER_MS : AGAIN_SOON_MS;
    }
  }

  /** False when it's over. */
  async #wait(ms: number): Promise<boolean> {
    await pause(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined); // ended
    return !this.#stop.signal.aborted;
  }

  /** Not in the midst of a command: the data directory may be half of one and half of another. */
  async #tryAll(): Promise<boolean> {
    const { config, progress, clock } = this.#host;
    const peers: Record<string, LoginFacts['peers'][string]> = {};
    for (const peer of config.peers) {
      if (this.#stop.signal.aborted || progress.facts() !== undefined) return false;
      peers[peer.id] = await tryLogins(config, peer);
    }
    this.#tried = { atMs: clock.monotonicMs(), peers };
    return Object.values(peers)
      .flatMap((logins) => Object.values(logins))
      .every((login) => login?.isOk !== false);
  }
}
