// Turns what the loop tells into views: each cluster four times a second while somebody watches, once a second for the
// history when nobody does, and at once when a verdict changes.
import { Role } from '@petrov/core/approval';
import type { ApiDeps, ControllerEvent } from '../api/deps.ts';
import { ApiFault } from '../api/errors.ts';
import type { HistoryRing } from '../api/history.ts';
import { readCluster, readProposal, readRun } from '../api/views.ts';
import type { Live } from './live.ts';

export const CLUSTER_EVERY_MS = 250;
const UNWATCHED_EVERY_MS = 1_000;

export class Hub {
  readonly #deps: ApiDeps;
  readonly #history: HistoryRing;
  readonly #live: Live;
  readonly #toldAtMs = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #unsubscribe: () => void;

  constructor(deps: ApiDeps, history: HistoryRing, live: Live) {
    this.#deps = deps;
    this.#history = history;
    this.#live = live;
    this.#timer = setInterval(() => this.#tellDue(), CLUSTER_EVERY_MS);
    this.#unsubscribe = deps.events.subscribe((event) => this.#take(event));
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }

  #take(event: ControllerEvent): void {
    switch (event.type) {
      case 'assessed':
        return this.#tellCluster(event.assessment.cluster);
      case 'proposal':
        return this.#tell(() => this.#tellProposal(event.proposal));
      case 'run':
        return this.#tell(async () => this.#live.tell('run', await readRun(this.#deps, event.run)));
      case 'audit':
        return this.#live.tell('audit', event.entry);
      case 'cluster':
        return; // the timer tells it within a quarter of a second
    }
  }

  #tellDue(): void {
    const everyMs = this.#live.count() > 0 ? CLUSTER_EVERY_MS : UNWATCHED_EVERY_MS;
    const nowMs = this.#deps.clock.monotonicMs();
    for (const { id } of this.#deps.config.clusters) {
      // Half a period of slack: a timer that fires a little early must not skip a turn.
      if (nowMs - (this.#toldAtMs.get(id) ?? -Infinity) >= everyMs - CLUSTER_EVERY_MS / 2) this.#tellCluster(id);
    }
  }

  #tellCluster(cluster: string): void {
    this.#toldAtMs.set(cluster, this.#deps.clock.monotonicMs());
    this.#tell(() => {
      const view = readCluster(this.#deps, cluster);
      this.#history.add(view);
      this.#live.tell('cluster', view);
      return Promise.resolve();
    });
  }

  /** What may be answered depends on the role, so each role is told its own. */
  async #tellProposal(id: string): Promise<void> {
    if (this.#live.count() === 0) return;
    for (const role of Role.options) this.#live.tellRole(role, await readProposal(this.#deps, id, role));
  }

  #tell(work: () => Promise<void>): void {
    Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        if (error instanceof ApiFault && error.status === 404) return; // gone between the event and its view
        this.#deps.log.warn({ err: error }, 'a live update could not be made');
      });
  }
}
