// Three tracks of what `sql` answers: of new sessions, of the one that is kept, of both.
import { expect, it } from 'vitest';
import { resolvePolicy } from '../cluster/index.ts';
import { emptyMemory, type Observation, remember, trackKey } from './index.ts';

const topology = {
  id: 'orders',
  environment: 'production' as const,
  members: [{ id: 'orders-1', zone: 'a', role: 'primary' as const, priority: 100, sync: false, delayMs: 0 }],
};
const over = (session: 'new' | 'persistent', outcome: 'ok' | 'timeout' | 'refused', atMs: number): Observation => {
  return { by: 'w-a', cluster: 'orders', member: 'orders-1', probe: 'sql', outcome, atMs, facts: { session } };
};

it('a suspicion begins anew when the kept session, served until then, is served no more', () => {
  const seen = Array.from({ length: 40 }, (_, s) => {
    const opened = over('new', s < 10 ? 'ok' : s < 20 ? 'timeout' : 'refused', s * 1_000 + 300);
    return s < 20 ? [over('persistent', 'ok', s * 1_000), opened] : [opened];
  });
  const { tracks } = remember(emptyMemory, seen.flat(), { topology, policy: resolvePolicy({}) });
  const since = (session?: 'new' | 'kept') => tracks.get(trackKey('w-a', 'orders-1', 'sql', session))?.suspectSinceMs;
  expect([since(), since('new'), since('kept')]).toEqual([19_300, 10_300, undefined]);
});
