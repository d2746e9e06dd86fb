// The live line: views pushed by the controller go into the query cache. It carries no decision. Its state is shown: a
// page that hasn't been connected for five seconds says so and takes its buttons away.
import type { QueryClient } from '@tanstack/react-query';
import type { ClusterView, ProposalView, RunView, SandboxView } from '@petrov/core/wire';
import { io, type Socket } from 'socket.io-client';
import { wordsOf } from '../words/index.ts';
import { keys } from './keys.ts';
import type { ServerClock } from './server-clock.ts';

const GONE_AFTER_MS = 5_000;
const RETURN_AFTER_MS = 1_000;
const NEWS_KEPT = 3;

export type LiveState = 'joining' | 'live' | 'gone';

export class LiveLink {
  #state: LiveState = 'joining';
  #news: readonly string[] = [];
  #socket: Socket | undefined;
  #goneTimer: ReturnType<typeof setTimeout> | undefined;
  #returnTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #listeners = new Set<() => void>();
  readonly #cache: QueryClient;
  readonly #clock: ServerClock;

  constructor(cache: QueryClient, clock: ServerClock) {
    this.#cache = cache;
    this.#clock = clock;
  }

  readonly state = (): LiveState => this.#state;
  /** The last things worth saying aloud, oldest first. */
  readonly news = (): readonly string[] => this.#news;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  start(): void {
    if (this.#socket !== undefined) return;
    const socket = io({ path: '/live', transports: ['websocket', 'polling'], reconnectionDelayMax: 3_000 });
    this.#socket = socket;
    this.#countDown();
    socket.on('connect', () => {
      clearTimeout(this.#goneTimer);
      this.#goneTimer = undefined;
      this.#turn('live');
      void this.#cache.invalidateQueries();
    });
    socket.on('disconnect', (reason) => {
      this.#turn('joining');
      this.#countDown();
      // The client comes back by itself from all but this: a controller that restarts, or ends a session, says goodbye.
      if (reason === 'io server disconnect') this.#returnTimer = setTimeout(() => socket.connect(), RETURN_AFTER_MS);
    });
    socket.on('cluster', (view: ClusterView) => this.#takeCluster(view));
    socket.on('proposal', (view: ProposalView) => this.#takeProposal(view));
    socket.on('run', (view: RunView) => this.#takeRun(view));
    socket.on('sandbox', (view: SandboxView) => this.#takeSandbox(view));
    socket.on('audit', () => void this.#cache.invalidateQueries({ queryKey: keys.record }));
  }

  stop(): void {
    clearTimeout(this.#goneTimer);
    clearTimeout(this.#returnTimer);
    this.#goneTimer = undefined;
    this.#socket?.disconnect();
    this.#socket = undefined;
    this.#turn('joining');
  }

  #countDown(): void {
    this.#goneTimer ??= setTimeout(() => {
      this.#goneTimer = undefined;
      this.#turn('gone');
    }, GONE_AFTER_MS);
  }

  #takeCluster(view: ClusterView): void {
    this.#clock.notice(view.nowMs);
    const before = this.#cache.getQueryData<ClusterView>(keys.cluster(view.id));
    if (before !== undefined && before.assessment.headline !== view.assessment.headline) {
      this.#say(`${view.id}: ${view.assessment.headline}`);
    }
    this.#cache.setQueryData(keys.cluster(view.id), view);
    this.#cache.setQueryData<ClusterView[]>(keys.clusters, (list) => replaceBy(list, view, (item) => item.id));
  }

  #takeProposal(view: ProposalView): void {
    this.#clock.notice(view.nowMs);
    const isNew = this.#cache.getQueryData(keys.proposal(view.proposal.id)) === undefined;
    if (isNew && view.proposal.state === 'open') {
      this.#say(`A decision waits in ${view.proposal.cluster}: ${wordsOf(view.proposal.revision.plan).question}`);
    }
    this.#cache.setQueryData(keys.proposal(view.proposal.id), view);
    this.#cache.setQueryData<ProposalView[]>(keys.proposals, (list) =>
      replaceBy(list, view, (item) => item.proposal.id),
    );
  }

  #takeRun(view: RunView): void {
    this.#clock.notice(view.nowMs);
    const before = this.#cache.getQueryData<RunView>(keys.run(view.id));
    if (before?.says !== view.says) this.#say(view.says);
    this.#cache.setQueryData(keys.run(view.id), view);
  }

  #takeSandbox(view: SandboxView): void {
    this.#cache.setQueryData(keys.sandbox, view);
    void this.#cache.invalidateQueries({ queryKey: keys.inbox });
  }

  #turn(state: LiveState): void {
    this.#state = state;
    this.#tell();
  }

  #say(news: string): void {
    this.#news = [...this.#news.filter((one) => one !== news), news].slice(-NEWS_KEPT);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The newer view in place of the older one; a new one comes first. Nothing to do while the list isn't loaded. */
function replaceBy<T>(list: T[] | undefined, view: T, idOf: (item: T) => string): T[] | undefined {
  if (list === undefined) return undefined;
  const id = idOf(view);
  if (!list.some((item) => idOf(item) === id)) return [view, ...list];
  return list.map((item) => (idOf(item) === id ? view : item));
}
