// Petrov's own Redis is back, empty: witnesses report and are asked again.
import { getOwnRedis } from '../rig/stores.ts';
import type { Disturbance } from './disturbance.ts';

export const redisStart = {
  name: 'redis-start',
  summary: "start Petrov's own Redis again, empty",
  apply: async ({ rig }) => await getOwnRedis(rig.parts.stores).resume(),
} as const satisfies Disturbance;
