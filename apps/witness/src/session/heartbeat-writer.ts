// Commits one heartbeat at a time. At its deadline it's told as a timeout and cancelled, and as long as it hangs each round
// tells so again; it never starts a second one beside it.
import type { Connection } from '@petrov/runtime/postgres';
import { COMMIT_MS, CONNECT_MS, type MemberAnswer } from '../probe.ts';
import { type Commit, heartbeatStatement, write } from '../probes/write.ts';
import type { Teller } from '../schedule/teller.ts';
import type { MemberSession } from './member-session.ts';

const SETTLE_MS = 300;

export class HeartbeatWriter {
  readonly #session: MemberSession;
  readonly #teller: Teller;
  #commit: Commit = 'remote';
  #isLate = false;
  #ended: Promise<void> | undefined;

  constructor(session: MemberSession, teller: Teller) {
    this.#session = session;
    this.#teller = teller;
  }

  /** Gives an outstanding commit a moment to end, so that a merely slow one doesn't cost a new session. */
  async settle(): Promise<void> {
    if (this.#ended === undefined || this.#isLate) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, SETTLE_MS);
    await Promise.race([this.#ended, promise]);
    clearTimeout(timer);
  }

  /** Starts a commit on the persistent session, or says again that the last one hangs. */
  beat(): void {
    const { persistent } = this.#session;
    if (this.#session.isWriting) this.#tellIfLate();
    else if (persistent) this.#ended = this.#write(persistent);
  }

  /** There is no session to commit over. */
  fail(error: unknown, tell: (answer: MemberAnswer) => void): void {
    if (this.#session.isWriting) this.#tellIfLate();
    else tell(write.failed(error, this.#commit));
  }

  async #write(connection: Connection): Promise<void> {
    this.#commit = this.#commit === 'local' ? 'remote' : 'local';
    const commit = this.#commit;
    const tell = this.#teller.begin();
    const ended = this.#session.beginWrite(connection);
    const late = setTimeout(() => {
      this.#isLate = true;
      tell({ probe: 'write', outcome: 'timeout', facts: { commit } });
      connection.cancel(CONNECT_MS).catch(() => undefined); // into a black hole it can't go: the next rounds tell
    }, COMMIT_MS);
    try {
      const answer = write.read(await connection.send(heartbeatStatement(this.#teller.source, commit)), commit);
      if (!this.#isLate) tell(answer);
    } catch (error) {
      if (!this.#isLate) tell(write.failed(error, commit));
    } finally {
      clearTimeout(late);
      this.#isLate = false;
      this.#ended = undefined;
      ended();
    }
  }

  #tellIfLate(): void {
    if (this.#isLate) this.#teller.begin()({ probe: 'write', outcome: 'timeout', facts: { commit: this.#commit } });
  }
}
