// Petrov's own Redis ends: nobody hears the witnesses any more, nor can they be asked to look.
import { getOwnRedis } from '../rig/stores.ts';
import type { Disturbance } from './disturbance.ts';

export const redisStop = {
  name: 'redis-stop',
  summary: "stop Petrov's own Redis, with all that is in it",
  apply: async ({ rig }) => await getOwnRedis(rig.parts.stores).pause(),
} as const satisfies Disturbance;
