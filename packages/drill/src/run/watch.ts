// Follows what the controller says of the cluster during a drill, ten times a second; while it's away nothing is seen.
import { setTimeout as pause } from 'node:timers/promises';
import type { Action, Verdict } from '@petrov/core/assessment';
import type { Rig } from '../rig/rig.ts';

export type Seen = {
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly action: Action;
  readonly says: string;
  /** For and against, as they were told then. */
  readonly evidence: readonly string[];
  readonly suspectedSinceMs?: number | undefined;
  readonly proposal?: string | undefined;
};

const EVERY_MS = 100;

export class Watch {
  readonly #seen: Seen[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;

  constructor(rig: Rig) {
    this.#ended = this.#follow(rig);
  }

  /** Changes only, oldest first; times are the controller's. */
  get seen(): readonly Seen[] {
    return this.#seen;
  }

  get last(): Seen | undefined {
    return this.#seen.at(-1);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #follow(rig: Rig): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const view = await rig.view().catch(() => undefined); // it is away: the next look tells
      if (view !== undefined) {
        const { verdict, action, headline, suspectedSinceMs, for: pro, against } = view.assessment;
        const evidence = [...pro, ...against].map((one) => `${one.source}: ${one.says}`);
        this.#note({
          atMs: view.nowMs,
          verdict,
          action,
          says: headline,
          evidence,
          suspectedSinceMs,
          proposal: view.proposal?.id,
        });
      }
      await pause(EVERY_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined); // told to stop
    }
  }

  #note(now: Seen): void {
    const { last } = this;
    const isSame =
      last !== undefined &&
      last.verdict === now.verdict &&
      last.action === now.action &&
      last.suspectedSinceMs === now.suspectedSinceMs &&
      last.proposal === now.proposal;
    if (!isSame) this.#seen.push(now);
  }
}
