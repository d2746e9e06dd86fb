// Which role this host's Postgres has, by its own word and by the processes of this host: never by the controller's. One kept
// session asks for all who want to know, and an answer is good for a moment, so that many checks cost what one does.
import { Lsn } from '@petrov/core/cluster';
import { Connection, TIMELINE_SQL } from '@petrov/runtime/postgres';
import { z } from 'zod';
import { lookAtPostmaster } from '../host/host-facts.ts';
import { localTarget } from '../postgres/local-server.ts';
import { readPidFile } from '../postgres/processes.ts';
import { explain, type Host } from '../verb.ts';
import { type Lag, LagHistory } from './lag.ts';
import { StaleStart } from './stale-start.ts';

export type RoleReading = {
  /** When the look began, on the monotonic clock. */
  readonly atMs: number;
  /** `unknown`: it didn't answer in time, or has no postmaster that could take a client. */
  readonly role: 'primary' | 'standby' | 'unknown';
  /** No process of a server: nothing is left that could take a client. */
  readonly isGone: boolean;
  /**
   * Fenced, or a fence has begun; or writable though an approved command made it no primary, though it's half-way in a rewind,
   * or though it came up past its gate while another was primary on a newer timeline.
   */
  readonly isFenced: boolean;
  readonly isStreaming: boolean;
  readonly timeline?: number;
  /** Of a primary where its WAL ends, of a standby how far it has replayed. */
  readonly lsn?: Lsn;
  readonly lag?: Lag;
  /** Why the role is unknown; for the log only. */
  readonly says?: string;
};
type Seen = Omit<RoleReading, 'isFenced'> & { readonly isStale: boolean };

const GOOD_FOR_MS = 200;
const ANSWER_WITHIN_MS = 600;
/** A kept session that doesn't answer leaves a new one the other half. */
const KEPT_WITHIN_MS = ANSWER_WITHIN_MS / 2;

const roleQuery = `
SELECT pg_is_in_recovery() AS in_recovery, ${TIMELINE_SQL} AS timeline,
  CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS lsn,
  CASE WHEN w.status = 'streaming' THEN greatest(w.latest_end_lsn, pg_last_wal_receive_lsn()) END AS upstream_end
FROM (SELECT 1) one LEFT JOIN pg_stat_wal_receiver w ON true`;
const Row = z.object({
  in_recovery: z.boolean(),
  timeline: z.number().int().nullable(),
  lsn: Lsn.nullable(),
  upstream_end: Lsn.nullable(),
});

export class LocalRole {
  readonly #host: Host;
  readonly #lags = new LagHistory();
  readonly #staleStart: StaleStart;
  #kept: Connection | undefined;
  #last: Seen | undefined;
  #looking: Promise<Seen> | undefined;
  #fencesBegun = 0;

  constructor(host: Host) {
    this.#host = host;
    this.#staleStart = new StaleStart(host.config);
  }

  /** At most 200 ms old, within 0.9 s. Never rejects: what can't be known is `unknown`. */
  async read(): Promise<RoleReading> {
    const nowMs = this.#host.clock.monotonicMs();
    const last = this.#last;
    const seen = last !== undefined && nowMs - last.atMs <= GOOD_FOR_MS ? last : await this.#lookOnce(nowMs);
    return this.#complete(seen);
  }

  /** As `read`, by a look of its own, or one that is under way. */
  async readAnew(): Promise<RoleReading> {
    const seen = await this.#lookOnce(this.#host.clock.monotonicMs());
    return this.#complete(seen);
  }

  /** From here to the end of `act` it counts as fenced; after it, by what is on disk. */
  async whileFencing<T>(act: () => Promise<T>): Promise<T> {
    this.#fencesBegun += 1;
    try {
      return await act();
    } finally {
      this.#fencesBegun -= 1;
    }
  }

  async close(): Promise<void> {
    await this.#looking;
    await this.#kept?.close();
  }

  /** By what is on disk at this moment, and what was seen last. */
  isFenced(seen: Pick<Seen, 'role' | 'timeline' | 'isStale'> | undefined = this.#last): boolean {
    const { state, log } = this.#host;
    try {
      if (this.#fencesBegun > 0 || state.fence() !== undefined) return true;
      if (seen?.role !== 'primary') return false;
      if (seen.isStale) return true;
      const standing = state.standing();
      return state.unfinished() !== undefined || (standing !== undefined && (seen.timeline ?? 0) <= standing.timeline);
    } catch (error) {
      log.error({ err: error }, "the agent's files cannot be read: this host counts as fenced");
      return true;
    }
  }

  #complete({ isStale, ...seen }: Seen): RoleReading {
    return { ...seen, isFenced: this.isFenced({ ...seen, isStale }) };
  }

  #lookOnce(nowMs: number): Promise<Seen> {
    this.#looking ??= this.#look(nowMs).then((seen) => {
      this.#looking = undefined;
      this.#last = seen;
      return seen;
    });
    return this.#looking;
  }

  /** A session that is left over answers although nobody new would be let in: the postmaster has to run as well. */
  async #look(atMs: number): Promise<Seen> {
    const unknown = { atMs, role: 'unknown', isGone: false, isStreaming: false, isStale: false } as const;
    try {
      const { letter } = lookAtPostmaster(this.#host.config.dataDirectory);
      if (letter === undefined || letter === 'Z' || letter === 'X') {
        this.#drop();
        return { ...unknown, isGone: true, says: 'no postmaster runs' };
      }
      if (letter === 'T' || letter === 't') return { ...unknown, says: 'the postmaster is stopped' };
      const seen = this.#describe(atMs, Row.parse(await this.#ask(atMs + ANSWER_WITHIN_MS)));
      const pid = readPidFile(this.#host.config.dataDirectory)?.pid;
      return { ...seen, isStale: await this.#staleStart.isStale(seen, pid) };
    } catch (error) {
      this.#drop();
      return { ...unknown, says: explain(error) };
    }
  }

  #describe(atMs: number, row: z.infer<typeof Row>): Omit<Seen, 'isStale'> {
    const isStreaming = row.in_recovery && row.upstream_end !== null;
    if (!isStreaming) this.#lags.forget();
    const lag =
      isStreaming && row.upstream_end !== null && row.lsn !== null
        ? this.#lags.measure(atMs, row.upstream_end, row.lsn)
        : undefined;
    return {
      atMs,
      role: row.in_recovery ? 'standby' : 'primary',
      isGone: false,
      isStreaming,
      ...(row.timeline === null ? {} : { timeline: row.timeline }),
      ...(row.lsn === null ? {} : { lsn: row.lsn }),
      ...(lag === undefined ? {} : { lag }),
    };
  }

  /** Over the kept session; when that one has ended or says nothing, over a new one. */
  async #ask(untilMs: number): Promise<unknown> {
    const leftMs = (): number => Math.max(1, untilMs - this.#host.clock.monotonicMs());
    if (this.#kept?.isOpen === true) {
      try {
        return (await this.#kept.query(roleQuery, Math.min(KEPT_WITHIN_MS, leftMs()))).rows[0];
      } catch {
        this.#drop(); // a new session tells what it means
      }
    }
    this.#kept = await Connection.open(localTarget(this.#host.config), leftMs());
    return (await this.#kept.query(roleQuery, leftMs())).rows[0];
  }

  #drop(): void {
    this.#kept?.destroy();
    this.#kept = undefined;
  }
}
