// What may stand in the way of a failover, with one thing changed in a set that is ready: what is found, and what to do.
import { agentlessOf, membersWithLogin, memberOf, readyFacts, withSettings } from '@petrov/sim/cases';
import { ACT_VERBS } from '../wire/index.ts';
import { describe, expect, it } from 'vitest';
import { checkReadiness, type ReadinessFacts, type ReadinessState } from './index.ts';

const cases: readonly [check: string, what: string, ReadinessFacts, ReadinessState, RegExp][] = [
  [
    'candidate',
    'nobody',
    readyFacts({}, { candidate: { ok: false, says: 'orders-2: not heard' } }),
    'fails',
    /Nobody could take over: orders-2/,
  ],
  [
    'fence',
    'no agent',
    readyFacts({}, { members: [agentlessOf('orders-1'), memberOf('orders-2')] }),
    'fails',
    /Nothing can fence orders-1/,
  ],
  [
    'fence',
    'a silent agent',
    readyFacts({}, { members: [{ ...memberOf('orders-1'), isAgentHeard: false }] }),
    'fails',
    /is silent/,
  ],
  [
    'fence',
    'a power switch beside a silent agent',
    readyFacts({}, { members: [{ ...memberOf('orders-1'), isAgentHeard: false }], fences: ['agent', 'http'] }),
    'ok',
    /by its power switch; last proven at orders-1 by agent, 2 h 0 min ago/,
  ],
  [
    'fence',
    'an agent that does not obey it',
    readyFacts({}, { members: [{ ...memberOf('orders-1'), agentAllows: [] }] }),
    'fails',
    /on orders-1 does not allow "fence"/,
  ],
  [
    'fence',
    'a power switch beside an agent that does not obey it',
    readyFacts({}, { members: [{ ...memberOf('orders-1'), agentAllows: ['promote'] }], fences: ['agent', 'http'] }),
    'ok',
    /orders-1 can be fenced by its power switch;/,
  ],
  [
    'agent-verbs',
    'a candidate that cannot be promoted',
    readyFacts({}, { members: [memberOf('orders-1'), { ...memberOf('orders-2'), agentAllows: ['fence', 'unfence'] }] }),
    'fails',
    /on orders-2 refuses promote \(make it the primary\), repoint/,
  ],
  [
    'logins',
    'one that could not follow the candidate',
    readyFacts(
      {},
      { members: membersWithLogin('orders-3', 'orders-2', { follow: { isOk: false, says: 'no pg_hba' } }) },
    ),
    'fails',
    /orders-3 could not follow orders-2: no pg_hba\./,
  ],
  [
    'agent-verbs',
    'one verb elsewhere',
    readyFacts(
      {},
      { members: [{ ...memberOf('orders-3'), agentAllows: ACT_VERBS.filter((verb) => verb !== 'rewind') }] },
    ),
    'costs',
    /refuses rewind \(bring it back by pg_rewind\)\./,
  ],
  [
    'agent-verbs',
    'an agent that does not tell',
    readyFacts({}, { members: [{ ...memberOf('orders-1'), agentAllows: undefined }] }),
    'unknown',
    /Which verbs the agent on orders-1 obeys/,
  ],
  ['fence', 'never proven', readyFacts({}, { proofs: { ok: true, value: [] } }), 'unknown', /no fence was ever proven/],
  [
    'fence',
    'a record that can’t be read',
    readyFacts({}, { proofs: { ok: false, says: 'no store' } }),
    'unknown',
    /no store/,
  ],
  [
    'start-gate',
    'no agent',
    readyFacts({}, { members: [memberOf('orders-1'), agentlessOf('orders-2')] }),
    'costs',
    /No start gate at orders-2/,
  ],
  [
    'start-gate',
    'never asked',
    readyFacts({}, { members: [memberOf('orders-1'), { ...memberOf('orders-2'), gateAskedAtMs: undefined }] }),
    'unknown',
    /asked the gate at orders-2\./,
  ],
  [
    'replay-blockers',
    'a pause at the candidate',
    readyFacts({ 'orders-2': { isReplayPaused: true } }),
    'fails',
    /paused at orders-2/,
  ],
  [
    'replay-blockers',
    'a pause elsewhere',
    readyFacts({ 'orders-3': { isReplayPaused: true } }),
    'costs',
    /paused at orders-3/,
  ],
  [
    'replay-blockers',
    'a delay',
    readyFacts({ 'orders-3': withSettings({ recovery_min_apply_delay: '3600000' }) }),
    'costs',
    /3600 s late/,
  ],
  [
    'replay-blockers',
    'a long transaction',
    readyFacts({ 'orders-2': { longestTransaction: { pid: 77, seconds: 720 } } }),
    'costs',
    /12 min at orders-2 \(pid 77\).*up to 30 s/,
  ],
  [
    'replay-blockers',
    'a long transaction that replay waits for without end',
    readyFacts({
      'orders-2': {
        ...withSettings({ max_standby_streaming_delay: '-1' }),
        longestTransaction: { pid: 77, seconds: 61 },
      },
    }),
    'fails',
    /until it ends/,
  ],
  [
    'standby-settings',
    'less at the candidate',
    readyFacts({ 'orders-2': withSettings({ max_connections: '60' }) }),
    'fails',
    /max_connections 60 < 100/,
  ],
  [
    'standby-settings',
    'less elsewhere',
    readyFacts({ 'orders-3': withSettings({ max_wal_senders: '5' }) }),
    'costs',
    /orders-3 has less/,
  ],
  [
    'sync-names',
    'nobody left',
    readyFacts({ 'orders-2': withSettings({ synchronous_standby_names: 'orders-1' }) }),
    'costs',
    /nobody is left: a failover lowers that first/,
  ],
  [
    'sync-names',
    'too few left',
    readyFacts({ 'orders-2': withSettings({ synchronous_standby_names: 'ANY 2 ("orders-1","ORDERS-3")' }) }),
    'costs',
    /orders-3 would be left/,
  ],
  [
    'sync-names',
    'just enough',
    readyFacts({ 'orders-2': withSettings({ synchronous_standby_names: 'FIRST 1 (orders-1, orders-3)' }) }),
    'costs',
    /if one more fails/,
  ],
  [
    'sync-names',
    'not waited for',
    readyFacts({ 'orders-2': withSettings({ synchronous_standby_names: 'orders-1', synchronous_commit: 'local' }) }),
    'ok',
    /doesn’t wait/,
  ],
];

describe('each check', () => {
  it.each(cases)('%s: %s', (id, _, facts, ...[state, says]) => {
    const found = checkReadiness(facts).find((check) => check.id === id);
    expect([found?.state, found?.says]).toEqual([state, expect.stringMatching(says)]);
    if (state === 'fails') expect(found?.toDo).toMatch(/\.$/);
  });

  it('gives the whole line for an agent that refuses some verbs', () => {
    const member = { ...memberOf('orders-1'), agentAllows: ['promote', 'unfence'] };
    const found = checkReadiness(readyFacts({}, { members: [member] })).find(({ id }) => id === 'fence');
    expect(found?.toDo).toBe(
      'In the file of the agent on orders-1: allow: [fence, unfence, promote]; then restart that agent.',
    );
  });
});
