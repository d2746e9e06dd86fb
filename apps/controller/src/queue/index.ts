// Starts the deliveries and what wakes them.
import type { Clock } from '@petrov/runtime/clock';
import { createRedis } from '@petrov/runtime/redis';
import type { Shutdown } from '@petrov/runtime/shutdown';
import type { Logger } from 'pino';
import { Deliveries, type DeliveriesDeps } from './deliveries.ts';
import { createWaker, type Waker } from './waker.ts';

type Deps = Omit<DeliveriesDeps, 'onRetry' | 'chance'> & {
  readonly redisUrl: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly shutdown: Shutdown;
};

export async function startDeliveries(deps: Deps): Promise<Deliveries> {
  const { log, redisUrl: url, shutdown } = deps;
  const connection = (name: string) =>
    createRedis({ url, name, log, maxRetriesPerRequest: null, offlineQueue: true, commandTimeoutMs: null });
  const parts: { waker?: Waker } = {};
  const deliveries = new Deliveries({
    ...deps,
    chance: () => Math.random(),
    onRetry: (afterMs) => parts.waker?.wakeLater(afterMs),
  });
  const connections = { queue: connection('petrov-wake'), worker: connection('petrov-wake-worker') };
  parts.waker = createWaker({ connections, wake: () => deliveries.wake(), log });
  const { waker } = parts;
  shutdown.add('waker', () => waker.stop());
  shutdown.add('deliveries', () => deliveries.stop());
  await deliveries.start();
  return deliveries;
}
