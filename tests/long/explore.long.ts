// The same search as in `packages/core/src/engine/explore.test.ts`, further from each point of a run.
import { realEngine, type Search, explore } from '@petrov/sim/explore';
import { expect, test } from 'vitest';

const net = { proposals: 1, statesMax: 2_000_000 };

test.each<[string, Search]>([
  ['a failover, six letters away', { along: 'failover', restarts: 0, decisions: 1, odd: 0, depth: 6, ...net }],
  [
    'a failover with two deaths of the controller',
    { along: 'failover', restarts: 2, decisions: 1, odd: 1, depth: 5, ...net },
  ],
])('%s: every promise is kept', (_, search) => {
  const explored = explore(realEngine, search);
  expect(explored.violation).toBeUndefined();
  expect(explored).toMatchObject({ ended: 'at-depth', depth: search.depth });
  expect(explored.states).toBeGreaterThan(30_000);
});
