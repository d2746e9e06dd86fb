// Watches this host and tells the controller: each second, at once when Postgres changes, five times a second while a look
// is asked for. Nothing is queued up: what couldn't be told is told anew, with how long it was silent.
import type { Sighting } from '@petrov/core/observation';
import type { ObservationBatch } from '@petrov/core/wire';
import { explainFailure } from '@petrov/runtime/postgres';
import { openLocal } from '../postgres/local-server.ts';
import type { ControllerLink } from '../protocol/controller-link.ts';
import type { Host } from '../verb.ts';
import {
  type HostFacts,
  judgePostmaster,
  lookAtPostmaster,
  type PostmasterWatch,
  readHostFacts,
} from './host-facts.ts';
import { KeptSession } from './kept-session.ts';
import { keepPeerSessions, lookAtPeers, type PeerSessions } from './peers.ts';

const WATCH_EVERY_MS = 100;
const REPORT_EVERY_MS = 1_000;
const FAST_EVERY_MS = 200;
const FAST_FOR_MS = 10_000;
const PEERS_GOOD_FOR_MS = 2_500;

type Parts = {
  readonly link: ControllerLink;
  readonly bootId: string;
  /** What other parts of the agent have to tell. */
  readonly readMore: () => Pick<HostFacts, 'routing' | 'acting' | 'logins'>;
};

export class HostWatch {
  readonly #host: Host;
  readonly #link: ControllerLink;
  readonly #bootId: string;
  readonly #readMore: Parts['readMore'];
  readonly #peerSessions: PeerSessions;
  readonly #localSession: KeptSession;
  #timer: NodeJS.Timeout | undefined;
  #postmaster: PostmasterWatch | undefined;
  /** The socket says 57P03 although the pid file says ready: a crash within the server. */
  #isRecovering = false;
  #peers:
    | { readonly atMs: number; readonly reach: NonNullable<HostFacts['peers']>; readonly nonce: string | undefined }
    | undefined;
  #nonce: { readonly text: string; readonly untilMs: number } | undefined;
  #reportedAtMs = -Infinity;
  #toldAtMs: number;
  #seq = 0;
  #isAway = false;
  readonly #busy = new Map<'report' | 'peers' | 'socket', Promise<void>>();

  constructor(host: Host, { link, bootId, readMore }: Parts) {
    this.#host = host;
    this.#link = link;
    this.#bootId = bootId;
    this.#readMore = readMore;
    this.#toldAtMs = host.clock.monotonicMs();
    this.#peerSessions = keepPeerSessions(host.config);
    this.#localSession = new KeptSession(() => openLocal(host.config));
  }

  start(): void {
    this.#timer = setInterval(() => this.#watch(), WATCH_EVERY_MS);
  }

  look(nonce: string): void {
    this.#nonce = { text: nonce, untilMs: this.#host.clock.monotonicMs() + FAST_FOR_MS };
    this.#round();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled(this.#busy.values());
    await Promise.all([...this.#peerSessions.values(), this.#localSession].map((session) => session.close()));
  }

  #watch(): void {
    const nowMs = this.#host.clock.monotonicMs();
    const before = this.#state();
    this.#postmaster = judgePostmaster(lookAtPostmaster(this.#host.config.dataDirectory), this.#postmaster, nowMs);
    const isFast = this.#nonce !== undefined && nowMs < this.#nonce.untilMs;
    const isDue = nowMs - this.#reportedAtMs >= (isFast ? FAST_EVERY_MS : REPORT_EVERY_MS);
    if (isDue || before !== this.#state()) this.#round();
  }

  #state(): HostFacts['postgres'] {
    const state = this.#postmaster?.state ?? 'absent';
    return state === 'running' && this.#isRecovering ? 'starting' : state;
  }

  #round(): void {
    this.#reportedAtMs = this.#host.clock.monotonicMs();
    this.#once('report', () => this.#report());
    this.#once('peers', () => this.#lookAtPeers());
    this.#once('socket', () => this.#askSocket());
  }

  #once(what: 'report' | 'peers' | 'socket', run: () => Promise<void>): void {
    if (this.#busy.has(what)) return;
    const running = run()
      .catch((error: unknown) => this.#host.log.warn({ err: error, what }, 'the host could not be looked at'))
      .finally(() => this.#busy.delete(what));
    this.#busy.set(what, running);
  }

  async #lookAtPeers(): Promise<void> {
    if (this.#host.config.peers.length === 0) return;
    const nonce = this.#nonce?.text;
    // The first look that answers a question is by new sessions; those after it only have to begin after the question.
    const isFresh = nonce !== undefined && this.#peers?.nonce !== nonce;
    const reach = await lookAtPeers(this.#peerSessions, isFresh);
    this.#peers = { atMs: this.#host.clock.monotonicMs(), reach, nonce };
    this.#once('report', () => this.#report());
  }

  async #askSocket(): Promise<void> {
    if (this.#postmaster?.state !== 'running') {
      this.#isRecovering = false;
      return;
    }
    try {
      await this.#localSession.look(false);
      this.#isRecovering = false;
    } catch (error) {
      this.#isRecovering = explainFailure(error).outcome === 'starting-up';
    }
  }

  async #report(): Promise<void> {
    const { config, clock, log } = this.#host;
    const startedMs = clock.monotonicMs();
    const asked = this.#nonce && startedMs < this.#nonce.untilMs ? this.#nonce.text : undefined;
    const isPeersGood = this.#peers !== undefined && startedMs - this.#peers.atMs <= PEERS_GOOD_FOR_MS;
    // The answer to a question carries its nonce only when all of it was looked at after the question.
    const nonce = !isPeersGood || this.#peers?.nonce === asked ? asked : undefined;
    const facts: HostFacts = {
      ...(await readHostFacts(config, this.#state())),
      fenced: this.#host.state.fence() !== undefined,
      ...gateFact(this.#host.state),
      allow: config.allow,
      ...(config.lease === undefined ? {} : { leaseMs: config.lease.afterMs }),
      ...(isPeersGood && this.#peers ? { peers: this.#peers.reach } : {}),
      ...this.#readMore(),
    };
    try {
      await this.#tell(
        {
          by: `agent:${config.member}`,
          cluster: config.cluster,
          member: config.member,
          probe: 'host',
          outcome: 'ok',
          facts,
          ...(nonce === undefined ? {} : { nonce }),
        },
        startedMs,
      );
      if (this.#isAway) log.info('the controller is told again');
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) log.warn({ err: error }, 'the controller cannot be told');
      this.#isAway = true;
    }
  }

  async #tell(sighting: Sighting, seenAtMs: number): Promise<void> {
    const { clock } = this.#host;
    const nowMs = clock.monotonicMs();
    this.#seq += 1;
    const batch: ObservationBatch = {
      v: 1,
      source: sighting.by,
      bootId: this.#bootId,
      seq: this.#seq,
      sentMonotonicMs: nowMs,
      gapMs: this.#isAway ? Math.round(nowMs - this.#toldAtMs) : 0,
      observations: [{ ...sighting, ageMs: Math.round((nowMs - seenAtMs) * 10) / 10 }],
    };
    const reply = await this.#link.sendBatch(batch, { ms: 2_000 });
    if (reply.status >= 300)
      throw new Error(`the controller answered observations with ${reply.status}: ${reply.body.slice(0, 200)}`);
    this.#toldAtMs = clock.monotonicMs();
  }
}

/** By this host's clock alone, as an age: no two clocks are compared. */
function gateFact(state: Host['state']): Pick<HostFacts, 'gateAskedAgoMs'> {
  const askedAtMs = state.gateAskedAtMs();
  return askedAtMs === undefined ? {} : { gateAskedAgoMs: Math.max(0, Date.now() - askedAtMs) };
}
