// FLUSHALL: every stream, every question and every wake-up is gone. Nothing that was decided is in there.
import { createLog } from '@petrov/runtime/log';
import { createRedis } from '@petrov/runtime/redis';
import type { Disturbance } from './disturbance.ts';

export const flushRedis = {
  name: 'flush-redis',
  summary: "forget everything that is in Petrov's own Redis",
  apply: async ({ rig }) => {
    const log = createLog('drill', 'error');
    const redis = createRedis({ url: rig.parts.stores.redisUrl, name: 'drill', log, offlineQueue: true });
    try {
      await redis.flushall();
    } finally {
      redis.disconnect();
    }
  },
} as const satisfies Disturbance;
