// BullMQ wakes the deliveries: at once, and later for what is tried again. It carries no page and decides nothing; whether
// it works or not, the outbox is looked at each second.
import { setTimeout as delay } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import type { Redis } from '@petrov/runtime/redis';
import type { Logger } from 'pino';

const CLOSE_WITHIN_MS = 1_000;
const NAME = 'petrov-deliveries';

export type Waker = {
  readonly wakeLater: (afterMs: number) => void;
  readonly stop: () => Promise<void>;
};

type Deps = {
  /** One for the queue, one that blocks for the worker. */
  readonly connections: { readonly queue: Redis; readonly worker: Redis };
  readonly wake: () => void;
  readonly log: Logger;
};

export function createWaker({ connections, wake, log }: Deps): Waker {
  const queue = new Queue(NAME, { connection: connections.queue });
  const worker = new Worker(NAME, async () => wake(), { connection: connections.worker });
  const onError = (error: Error) => log.debug({ err: error }, 'the waker has no redis');
  queue.on('error', onError);
  worker.on('error', onError);
  return {
    wakeLater: (afterMs) => {
      const options = { delay: afterMs, removeOnComplete: true, removeOnFail: true };
      queue.add('wake', {}, options).catch(onError);
    },
    stop: async () => {
      // Without Redis a close would wait for it.
      await Promise.race([Promise.allSettled([worker.close(true), queue.close()]), delay(CLOSE_WITHIN_MS)]);
      connections.queue.disconnect();
      connections.worker.disconnect();
    },
  };
}
