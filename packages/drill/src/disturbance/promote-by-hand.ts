// Somebody promotes a standby past Petrov, as one does when the tool in charge doesn't get on.
import { runSql } from '../rig/psql.ts';
import { waitUntil } from '../wait.ts';
import type { Disturbance } from './disturbance.ts';

export const promoteByHand = {
  name: 'promote-by-hand',
  summary: 'promote a standby by hand, past Petrov',
  apply: async ({ rig }, [id = '']) => {
    const { site } = rig.parts;
    await runSql(site, id, 'SELECT pg_promote(false)', {});
    const isOut = async (): Promise<boolean> => (await runSql(site, id, 'SELECT pg_is_in_recovery()', {})) === 'f';
    await waitUntil(isOut, { what: `${id} to be out of recovery`, timeoutMs: 30_000 });
  },
} as const satisfies Disturbance;
