// Watches one cluster: all members in parallel, each interval, from a jittered start; 5 rounds a second while fresh looks
// are on; one round at once for a question, while fewer than 10 began in the last second.
import { isBadReading, readOutcome, type Sighting } from '@petrov/core/observation';
import type { WitnessConfig } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import { jitterMs } from '@petrov/runtime/random';
import { resolveSecret } from '@petrov/runtime/secrets';
import type { MemberNames } from '../probe.ts';
import {
  type FreshLooks,
  isFast,
  NO_FRESH_LOOKS,
  nonceAt,
  noteAnswer,
  noteRequest,
  noteRound,
  questionInMs,
} from './fresh-looks.ts';
import { MemberWatch } from './member-watch.ts';
import { Teller } from './teller.ts';

const FAST_MS = 200;

type ClusterConfig = WitnessConfig['clusters'][number];
type MemberConfig = ClusterConfig['members'][number];
export type WatchSettings = {
  readonly source: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly onSighting: (sighting: Sighting) => void;
};

export class ClusterWatch {
  readonly id: string;
  readonly #settings: WatchSettings;
  readonly #members = new Map<string, MemberWatch>();
  #looks: FreshLooks = NO_FRESH_LOOKS;
  #timer: NodeJS.Timeout | undefined;
  #roundsAtMs: readonly number[] = [];
  #isEnded = false;

  constructor(cluster: ClusterConfig, settings: WatchSettings) {
    this.id = cluster.id;
    this.#settings = settings;
    const names = namesOf(cluster.members);
    for (const config of cluster.members) this.#members.set(config.id, this.#watch(config, names));
  }

  start(): void {
    this.#planRound(jitterMs(this.#settings.intervalMs));
  }

  /** A question: a round begins at once, unless too many began lately. */
  ask(request: { nonce: string; forMs: number }): void {
    const nowMs = this.#settings.clock.monotonicMs();
    this.#looks = noteRequest(this.#looks, request, nowMs);
    this.#planRound(questionInMs(this.#roundsAtMs, nowMs), true);
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    await Promise.all([...this.#members.values()].map((member) => member.end()));
  }

  #watch(config: MemberConfig, names: MemberNames): MemberWatch {
    const { source, clock } = this.#settings;
    const { host, port, user, database, password } = config.endpoint;
    const member = {
      cluster: this.id,
      id: config.id,
      role: config.role,
      target: {
        host,
        port,
        user,
        database,
        password: password === undefined ? undefined : resolveSecret(password),
        applicationName: `petrov-${source}`,
        options: sessionOptions(this.#settings.intervalMs),
      },
    };
    const teller = new Teller({
      source,
      member,
      clock,
      nonce: () => nonceAt(this.#looks, clock.monotonicMs()),
      onSighting: (sighting) => this.#note(sighting),
    });
    const watch = new MemberWatch(member, names, teller, () => this.#lostSession(config.id));
    return watch;
  }

  #note(sighting: Sighting): void {
    this.#settings.onSighting(sighting);
    const isOfPrimary = 'member' in sighting && this.#members.get(sighting.member ?? '')?.role === 'primary';
    if (!isOfPrimary) return;
    const reading = readOutcome(sighting.outcome);
    this.#noteAnswer(isBadReading(reading) || reading === 'starting');
  }

  /** A lost persistent session is looked into at once. */
  #lostSession(member: string): void {
    if (this.#members.get(member)?.role === 'primary') this.#noteAnswer(true);
    this.#members.get(member)?.look(true);
  }

  #noteAnswer(isBad: boolean): void {
    const nowMs = this.#settings.clock.monotonicMs();
    const wasFast = isFast(this.#looks, nowMs);
    this.#looks = noteAnswer(this.#looks, isBad, nowMs);
    if (!wasFast && isFast(this.#looks, nowMs)) this.#planRound(FAST_MS);
  }

  #planRound(inMs: number, mustBeginAfterNow = false): void {
    if (this.#isEnded) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#round(mustBeginAfterNow), inMs);
  }

  #round(mustBeginAfterNow: boolean): void {
    const { clock, intervalMs } = this.#settings;
    const nowMs = clock.monotonicMs();
    this.#roundsAtMs = noteRound(this.#roundsAtMs, nowMs);
    for (const member of this.#members.values()) member.look(mustBeginAfterNow);
    this.#planRound(isFast(this.#looks, nowMs) ? Math.min(FAST_MS, intervalMs) : intervalMs);
  }
}

/** The server frees a session that the network took from us by itself, soon: a role has few (PostgreSQL 14 or newer). */
function sessionOptions(intervalMs: number): string {
  const settings = {
    statement_timeout: 3_000,
    idle_session_timeout: Math.max(60_000, 3 * intervalMs),
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 2,
    tcp_keepalives_count: 3,
    tcp_user_timeout: 10_000,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Endpoints and replication addresses lead to a member; so does its id as an application name. */
function namesOf(members: readonly MemberConfig[]): MemberNames {
  const byAddress = new Map<string, string>();
  for (const { id, endpoint, replicationHost, replicationPort } of members) {
    byAddress.set(`${endpoint.host}:${endpoint.port}`, id);
    if (replicationHost !== undefined) byAddress.set(`${replicationHost}:${replicationPort}`, id);
  }
  const ids = new Map(members.map(({ id }) => [plain(id), id]));
  return {
    byAddress: (host, port) => byAddress.get(`${host}:${port}`) ?? ids.get(plain(host)),
    byApplicationName: (name) => ids.get(plain(name)),
  };
}

/** `orders-2` and `orders_2` name the same: an identifier in SQL can't hold a dash without quotes. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '_');
}
