// Watches one member: which probes it's asked with, over which session. A primary (out of recovery, whatever the
// configuration says) is asked for its senders and to commit a heartbeat; everybody else about its receiver.
import { explainFailure, isLostConnection } from '@petrov/runtime/postgres';
import { type MemberAnswer, type MemberNames, type Role, type WatchedMember, SQL_MS } from '../probe.ts';
import { sql } from '../probes/sql.ts';
import { tcp } from '../probes/tcp.ts';
import { walReceiver } from '../probes/wal-receiver.ts';
import { walSenders } from '../probes/wal-senders.ts';
import { type Lease, MemberSession } from '../session/member-session.ts';
import { HeartbeatWriter } from '../session/heartbeat-writer.ts';
import { Lane } from './lane.ts';
import type { Teller } from './teller.ts';

const NEW_SESSION_EVERY_MS = 10_000;
/** A connect alone makes Postgres start a process. While sessions answer it tells nothing that they don't. */
const TCP_WHILE_WELL_EVERY_MS = 10_000;

export class MemberWatch {
  readonly #member: WatchedMember;
  readonly #names: MemberNames;
  readonly #teller: Teller;
  readonly #session: MemberSession;
  readonly #writer: HeartbeatWriter;
  readonly #lanes: { readonly tcp: Lane; readonly session: Lane; readonly newSession: Lane };
  #role: Role;
  #newSessionAtMs = -Infinity;
  #tcpAtMs = -Infinity;

  constructor(member: WatchedMember, names: MemberNames, teller: Teller, onLost: () => void) {
    this.#member = member;
    this.#names = names;
    this.#teller = teller;
    this.#role = member.role;
    this.#session = new MemberSession(member.target, onLost);
    this.#writer = new HeartbeatWriter(this.#session, teller);
    this.#lanes = {
      tcp: new Lane(() => this.#askTcp()),
      session: new Lane(() => this.#askOverSession()),
      newSession: new Lane(() => this.#askOverNewSession()),
    };
  }

  get role(): Role {
    return this.#role;
  }

  /** Starts each probe that isn't outstanding; with `mustBeginAfterNow` those that are follow themselves. */
  look(mustBeginAfterNow: boolean): void {
    if (this.#isTcpDue()) this.#lanes.tcp.poke(mustBeginAfterNow);
    this.#lanes.session.poke(mustBeginAfterNow);
    if (this.#isNewSessionDue()) this.#lanes.newSession.poke();
  }

  async end(): Promise<void> {
    const lanes = Object.values(this.#lanes).map((lane) => lane.end());
    await this.#session.end();
    await Promise.all(lanes);
    await this.#session.end();
  }

  /** A round that has to open a session, or uses a short one, is a new session's answer itself. */
  #isNewSessionDue(): boolean {
    if (this.#session.persistent === undefined || this.#session.isWriting) return false;
    return !this.#teller.isAllWell || this.#teller.nowMs() - this.#newSessionAtMs >= NEW_SESSION_EVERY_MS;
  }

  #isTcpDue(): boolean {
    const isServed = this.#session.persistent !== undefined && this.#teller.isAllWell;
    return !isServed || this.#teller.nowMs() - this.#tcpAtMs >= TCP_WHILE_WELL_EVERY_MS;
  }

  async #askTcp(): Promise<void> {
    this.#tcpAtMs = this.#teller.nowMs();
    const tell = this.#teller.begin();
    try {
      tell(await tcp.ask(this.#member.target));
    } catch (error) {
      tell(tcp.failed(error));
    }
  }

  async #askOverNewSession(): Promise<void> {
    this.#newSessionAtMs = this.#teller.nowMs();
    const tell = this.#teller.begin();
    try {
      const connection = await this.#session.openShort();
      try {
        tell(await sql.ask((text) => connection.query(text, SQL_MS), 'new'));
      } finally {
        await connection.close();
      }
    } catch (error) {
      tell(sql.failed(error, 'new'));
    }
  }

  async #askOverSession(): Promise<void> {
    await this.#writer.settle();
    const tell = this.#teller.begin();
    let lease: Lease;
    try {
      lease = await this.#session.lease();
    } catch (error) {
      this.#failAll(error, 'new', tell);
      return;
    }
    if (lease.session === 'new') this.#newSessionAtMs = this.#teller.nowMs();
    try {
      const answer = await sql.ask(lease.ask, lease.session);
      this.#takeRole(answer.facts?.inRecovery === false ? 'primary' : 'standby');
      tell(answer);
    } catch (error) {
      await this.#session.release(lease, true);
      // A persistent session that broke says nothing yet of the server: a new one, at once, does.
      if (lease.session === 'persistent' && isLostConnection(error)) return this.#askOverSession();
      this.#failAll(error, lease.session, tell);
      return;
    }
    await this.#askByRole(lease);
  }

  async #askByRole(lease: Lease): Promise<void> {
    const isPrimary = this.#role === 'primary';
    const tell = this.#teller.begin();
    let isBroken = false;
    try {
      tell(await (isPrimary ? walSenders.ask(lease.ask, this.#names) : walReceiver.ask(lease.ask, this.#names)));
      if (lease.isShort) await this.#session.dropLostWrite(lease.ask);
    } catch (error) {
      tell(isPrimary ? walSenders.failed(error) : walReceiver.failed(error));
      isBroken = isSessionFailure(error);
      if (isBroken && isPrimary) this.#writer.fail(error, tell);
    }
    await this.#session.release(lease, isBroken);
    if (isPrimary) this.#writer.beat();
  }

  /** After a failover the member is asked other questions: the old ones' last answers no longer count. */
  #takeRole(role: Role): void {
    if (role !== this.#role) this.#teller.forget();
    this.#role = role;
  }

  /** No session: what would have been asked over it failed in the same way. */
  #failAll(error: unknown, session: 'new' | 'persistent', tell: (answer: MemberAnswer) => void): void {
    tell(sql.failed(error, session));
    if (this.#role === 'standby') {
      tell(walReceiver.failed(error));
      return;
    }
    tell(walSenders.failed(error));
    this.#writer.fail(error, tell);
  }
}

/** The server answered that it won't: the session lives. Everything else ends it. */
function isSessionFailure(error: unknown): boolean {
  const { code } = explainFailure(error);
  return code === undefined || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('57P');
}
