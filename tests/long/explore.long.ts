// The searches of `packages/core/src/engine/explore.test.ts` and `explore-requests.test.ts`, further from each point of a run.
import { explore, realEngine, type Search } from '@petrov/sim/explore';
import { expect, test } from 'vitest';

const net = { requests: 1, proposals: 2, statesMax: 2_000_000 };
const failover = { ...net, along: 'failover', requests: 0, proposals: 1 } as const;

test.each<[string, Search]>([
  ['a failover, six letters away', { ...failover, restarts: 0, decisions: 1, odd: 0, depth: 6 }],
  ['a failover with two deaths, five letters away', { ...failover, restarts: 2, decisions: 1, odd: 1, depth: 5 }],
  ['a switchover', { ...net, along: 'switchover', restarts: 0, decisions: 2, odd: 0, depth: 5 }],
  ['a switchover with a death', { ...net, along: 'switchover', restarts: 1, decisions: 1, odd: 1, depth: 4 }],
  ['a rejoin', { ...net, along: 'rejoin', restarts: 0, decisions: 2, odd: 0, depth: 5 }],
  ['a rejoin with a death', { ...net, along: 'rejoin', restarts: 1, decisions: 1, odd: 1, depth: 4 }],
])('%s: every promise is kept', (_, search) => {
  const explored = explore(realEngine, search);
  expect(explored.violation).toBeUndefined();
  expect(explored).toMatchObject({ ended: 'at-depth', depth: search.depth });
  expect(explored.states).toBeGreaterThan(30_000);
});
