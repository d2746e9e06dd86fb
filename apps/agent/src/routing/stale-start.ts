// Whether a server that was started as a primary is one of the past: another member is primary on a newer timeline. Its start
// gate would have refused that start; one that came up past its gate gets no clients. A server that was promoted in its life,
// and one that found nobody ahead of it when it started, aren't judged anew: a promotion elsewhere takes nothing from them.
import { setTimeout as pause } from 'node:timers/promises';
import type { AgentConfig } from '@petrov/core/wire';
import { askPeerById } from '../host/peers.ts';
import type { RoleReading } from './local-role.ts';

/** So long the first answer waits for members that are gone. */
const FIRST_WITHIN_MS = 300;
/** While not all have answered. */
const AGAIN_MS = 2_000;

/** `open`: not all others have answered yet. */
type Verdict = 'open' | 'clear' | 'stale';

export class StaleStart {
  readonly #config: AgentConfig;
  #pid: number | undefined;
  #verdict: Verdict = 'open';
  #askedAtMs = -Infinity;

  constructor(config: AgentConfig) {
    this.#config = config;
  }

  /** Of the server with that postmaster, as it was just seen. */
  async isStale(
    { role, timeline = 0, atMs }: Pick<RoleReading, 'role' | 'timeline' | 'atMs'>,
    pid: number | undefined,
  ) {
    const isAnother = pid !== this.#pid;
    if (isAnother) {
      this.#pid = pid;
      this.#verdict = 'open';
    }
    if (role === 'standby') this.#verdict = 'clear';
    if (role !== 'primary' || this.#verdict !== 'open') return this.#verdict === 'stale';
    if (isAnother || atMs - this.#askedAtMs >= AGAIN_MS) {
      this.#askedAtMs = atMs;
      const asked = this.#ask(timeline, pid);
      if (isAnother) await Promise.race([asked, pause(FIRST_WITHIN_MS)]);
    }
    return this.#read() === 'stale';
  }

  /** Resolves when it's known, or when all have answered or given up. */
  async #ask(timeline: number, pid: number | undefined): Promise<void> {
    const { promise: found, resolve } = Promise.withResolvers<void>();
    const asked = this.#config.peers.map(async ({ id }) => {
      const answer = await askPeerById(this.#config, id);
      if (answer === undefined || answer.inRecovery || answer.timeline <= timeline || pid !== this.#pid) return;
      this.#verdict = 'stale';
      resolve();
    });
    const all = Promise.allSettled(asked).then((answers) => {
      const hasAll = answers.every(({ status }) => status === 'fulfilled');
      if (hasAll && pid === this.#pid && this.#verdict === 'open') this.#verdict = 'clear';
    });
    await Promise.race([found, all]);
  }

  /** As it is now: answers come in meanwhile. */
  #read(): Verdict {
    return this.#verdict;
  }
}
