// Petrov's own Postgres ends in the midst of what it does: what was not committed never was.
import { getOwnPostgres } from '../rig/stores.ts';
import type { Disturbance } from './disturbance.ts';

export const storeStop = {
  name: 'store-stop',
  summary: "stop Petrov's own Postgres at once, without a checkpoint",
  apply: async ({ rig }) => await getOwnPostgres(rig.parts.stores).pause(),
} as const satisfies Disturbance;
