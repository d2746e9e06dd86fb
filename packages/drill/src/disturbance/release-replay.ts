// The long queries end: what waited for them goes on, a promotion that was asked for meanwhile included.
import { once } from 'node:events';
import type { Disturbance } from './disturbance.ts';

export const releaseReplay = {
  name: 'release-replay',
  summary: 'end the queries that block replay',
  apply: async ({ sessions }) => {
    for (const [name, session] of sessions) {
      if (!name.startsWith('replay/')) continue;
      sessions.delete(name);
      session.stdin?.end();
      if (session.exitCode === null && session.signalCode === null) await once(session, 'exit');
    }
  },
} as const satisfies Disturbance;
