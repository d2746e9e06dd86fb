// What the controller does when its store is gone, is back, or belongs to another.
import type { AuditDraft } from '@petrov/core/engine';
import type { Clock } from '@petrov/runtime/clock';
import type { Shutdown } from '@petrov/runtime/shutdown';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { createStoreWatch, type StoreWatch } from '../loop/store-watch.ts';
import type { Pager } from '../pagers/pager.ts';
import { touchOwner } from '../store/statements/engine-owner.ts';
import { makeBlindMessage, sendBlindPage } from './blind-page.ts';

type Deps = {
  readonly name: string;
  readonly bootId: string;
  readonly pool: Pool;
  readonly pagers: ReadonlyMap<string, Pager>;
  readonly append: (entry: AuditDraft) => Promise<void>;
  readonly end: (error: Error) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly shutdown: Shutdown;
};

export function startStoreWatch(deps: Deps): StoreWatch {
  const { clock, log, name, bootId, shutdown } = deps;
  const watch = createStoreWatch({
    ask: () => touchOwner(deps.pool, bootId),
    monotonicMs: () => clock.monotonicMs(),
    log,
    onLost: deps.end,
    onBlind: ({ forMs, why }) => {
      log.error({ forMs, why }, 'controller-blind: the store takes no writes; nothing is decided');
      const message = makeBlindMessage(name, bootId, { nowMs: clock.nowMs(), forMs, why });
      void sendBlindPage(deps.pagers.values(), message, shutdown.signal).then((left) => {
        if (left.length > 0) log.error({ pagers: left }, 'controller-blind could not be told to these pagers');
      });
    },
    onSeeing: (forMs) => {
      log.info({ forMs }, 'the store takes writes again');
      deps
        .append({
          atMs: clock.nowMs(),
          code: 'P6003',
          says: `The store took no writes for ${Math.round(forMs / 1_000)} s: nothing was decided in that time.`,
          actor: { kind: 'service', id: name, name },
          payload: { forMs },
        })
        .catch((error: unknown) => log.error({ err: error }, 'the blind time could not be recorded'));
    },
  });
  watch.start();
  shutdown.add('store watch', () => watch.stop());
  return watch;
}
