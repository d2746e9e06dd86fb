// Petrov's own Postgres comes back with what was committed.
import { getOwnPostgres } from '../rig/stores.ts';
import type { Disturbance } from './disturbance.ts';

export const storeStart = {
  name: 'store-start',
  summary: "start Petrov's own Postgres again",
  apply: async ({ rig }) => await getOwnPostgres(rig.parts.stores).resume(),
} as const satisfies Disturbance;
