// The lease, opt-in: a primary whose agent has reached neither the controller nor any other member for a while may have been
// replaced, so Postgres is stopped and stays read-only. What counts is when a question was sent that was answered: whoever
// counts at the other end can only count longer. Nothing lifts it by itself: that could be in the midst of a promotion.
import { setTimeout as pause } from 'node:timers/promises';
import { hasStandbySignal } from '../postgres/down-facts.ts';
import { listProcesses } from '../postgres/processes.ts';
import { FENCE_PATIENCE, stopAll } from '../postgres/stop.ts';
import type { ControllerLink } from '../protocol/controller-link.ts';
import { LEASE_PROPOSAL } from '../state/agent-state.ts';
import type { Host } from '../verb.ts';
import { writeStandbySignal } from '../verbs/fence.ts';
import { PeerContact } from './peer-contact.ts';

const LOOK_EVERY_MS = 1_000;
const CHECK_EVERY_MS = 100;

export class Lease {
  readonly #host: Host;
  readonly #afterMs: number;
  readonly #peers: readonly PeerContact[];
  readonly #stop = new AbortController();
  #renewedAtMs: number;
  /** It has run out, and isn't carried through yet. */
  #isDue = false;
  #running: Promise<unknown> = Promise.resolve();

  constructor(host: Host, link: ControllerLink, afterMs: number) {
    this.#host = host;
    this.#afterMs = afterMs;
    this.#renewedAtMs = host.clock.monotonicMs();
    this.#peers = host.config.peers.map((peer) => new PeerContact(peer, host.config.member, host.clock));
    link.onTaken = (sentAtMs) => this.#renew(sentAtMs);
  }

  start(): void {
    this.#running = Promise.all([this.#peers.map((peer) => this.#lookAt(peer)), this.#watch()].flat());
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const peer of this.#peers) peer.end();
  }

  #renew(atMs: number): void {
    this.#renewedAtMs = Math.max(this.#renewedAtMs, atMs);
  }

  async #lookAt(peer: PeerContact): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#renew((await peer.look()) ?? 0);
      await this.#pause(LOOK_EVERY_MS);
    }
  }

  async #watch(): Promise<void> {
    const { clock, config, state, log } = this.#host;
    while (!this.#stop.signal.aborted) {
      const nowMs = clock.monotonicMs();
      // A standby takes no writes; its lease begins when it's promoted.
      if (hasStandbySignal(config.dataDirectory) || state.fence() !== undefined) this.#renew(nowMs);
      this.#isDue ||= nowMs - this.#renewedAtMs > this.#afterMs;
      if (this.#isDue)
        await this.#expire().catch((error: unknown) =>
          log.error({ err: error }, 'the lease has run out, and Postgres runs'),
        );
      await this.#pause(CHECK_EVERY_MS);
    }
  }

  async #expire(): Promise<void> {
    const { config, state, log } = this.#host;
    const wasRunning = listProcesses(config.dataDirectory).length > 0;
    log.error({ afterMs: this.#afterMs }, 'the lease has run out: nobody was reached, Postgres is stopped');
    await stopAll(config.dataDirectory, FENCE_PATIENCE);
    writeStandbySignal(config.dataDirectory);
    // One that began to start in between has read no standby.signal: it ends too, before this counts as done.
    const left = await stopAll(config.dataDirectory, { fastMs: 0, immediateMs: 0, killMs: 1_000 });
    if (left.length > 0) throw new Error(`${left.length} processes are left`);
    state.keepFence({ proposal: LEASE_PROPOSAL, epoch: state.highestEpoch(), hadStandbySignal: false, wasRunning });
    this.#isDue = false;
  }

  async #pause(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#stop.signal }).catch(() => undefined); // it ends
  }
}
