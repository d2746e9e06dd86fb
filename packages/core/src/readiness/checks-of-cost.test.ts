// What a failover would cost, with one thing changed in a set that is ready: what is found, and what to do.
import { membersWithLogin, memberOf, READY_AT, readyFacts, slotOf, unreadOf, withSettings } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { checkReadiness, type ReadinessFacts, type ReadinessState } from './index.ts';

const cases: readonly [check: string, what: string, ReadinessFacts, ReadinessState, RegExp][] = [
  [
    'physical-slots',
    'none and no WAL kept',
    readyFacts({ 'orders-2': withSettings({ wal_keep_size: '0' }) }),
    'costs',
    /orders-2 lacks orders_3/,
  ],
  [
    'physical-slots',
    'there already',
    readyFacts({ 'orders-2': { ...withSettings({ wal_keep_size: '0' }), slots: [slotOf('orders_3')] } }),
    'ok',
    /can feed/,
  ],
  [
    'physical-slots',
    'no room',
    readyFacts({ 'orders-2': withSettings({ max_replication_slots: '0' }) }),
    'fails',
    /room for 0 more/,
  ],
  [
    'physical-slots',
    'a backup’s',
    readyFacts({ 'orders-1': { slots: [slotOf('orders_2'), slotOf('barman')] } }),
    'costs',
    /barman/,
  ],
  [
    'physical-slots',
    'whose, while a standby is silent',
    readyFacts(
      {},
      { members: [memberOf('orders-1', { slots: [slotOf('orders_3')] }), memberOf('orders-2'), unreadOf('orders-3')] },
    ),
    'unknown',
    /Whose slots/,
  ],
  [
    'primary-conninfo',
    'none at a standby',
    readyFacts({ 'orders-3': { conninfo: { isSet: false, hasCredentials: false, applicationName: '' } } }),
    'costs',
    /can’t be pointed/,
  ],
  [
    'primary-conninfo',
    'no passfile and no stream',
    readyFacts({
      'orders-3': { isReceiving: false, conninfo: { isSet: true, hasCredentials: false, applicationName: '' } },
    }),
    'unknown',
    /names no passfile/,
  ],
  [
    'logins',
    'a copy that is not let in',
    readyFacts({}, { members: membersWithLogin('orders-3', 'orders-1', { clone: { isOk: false, says: 'no entry' } }) }),
    'costs',
    /on orders-3 could not clone it from orders-1: no entry/,
  ],
  [
    'logins',
    'one that could not follow another than the candidate',
    readyFacts(
      {},
      { members: membersWithLogin('orders-2', 'orders-3', { follow: { isOk: false, says: 'no entry' } }) },
    ),
    'costs',
    /orders-2 could not follow orders-3: no entry/,
  ],
  [
    'logins',
    'an agent that tells nothing of it',
    readyFacts({}, { members: [{ ...memberOf('orders-1'), logins: undefined }] }),
    'unknown',
    /orders-1 gets in at the other members isn’t known/,
  ],
  [
    'logins',
    'an old word of it',
    readyFacts({}, { members: [{ ...memberOf('orders-1'), logins: { atMs: READY_AT - 3_600_000, peers: {} } }] }),
    'unknown',
    /told that last 1 h 0 min ago/,
  ],
  [
    'logins',
    'a member that is not among the peers',
    readyFacts(
      {},
      { members: [{ ...memberOf('orders-1'), logins: { atMs: READY_AT, peers: {} } }, memberOf('orders-2')] },
    ),
    'unknown',
    /on orders-1 did not try orders-2/,
  ],
  [
    'rewind',
    'no hints',
    readyFacts({ 'orders-1': withSettings({ wal_log_hints: 'off' }) }),
    'costs',
    /neither data checksums/,
  ],
  [
    'rewind',
    'no full pages',
    readyFacts({ 'orders-1': withSettings({ full_page_writes: 'off' }) }),
    'costs',
    /full_page_writes is off/,
  ],
  [
    'sync-now',
    'emptied by us',
    readyFacts({}, { syncLowered: { was: 'ANY 1 (orders_3)', set: '' } }),
    'costs',
    /orders-1 wait for no standby: .* was ANY 1 \(orders_3\) before Petrov emptied it/,
  ],
  [
    'sync-now',
    'lowered by us',
    readyFacts(
      { 'orders-1': withSettings({ synchronous_standby_names: 'ANY 1 (x, y)' }) },
      { syncLowered: { was: 'ANY 2 (x, y)', set: 'ANY 1 (x, y)' } },
    ),
    'costs',
    /orders-1 wait for ANY 1 \(x, y\): .* was ANY 2 \(x, y\) before Petrov lowered it/,
  ],
  [
    'sync-now',
    'empty, and a standby has it set',
    readyFacts({ 'orders-3': withSettings({ synchronous_standby_names: 'FIRST 1 (*)' }) }),
    'costs',
    /is empty, while orders-3 has FIRST 1/,
  ],
  [
    'sync-now',
    'empty, and a standby is to be synchronous',
    readyFacts({}, { members: [memberOf('orders-1'), { ...memberOf('orders-2'), isSync: true }] }),
    'costs',
    /while orders-2 is to be synchronous by configuration/,
  ],
  [
    'sync-now',
    'set since, by anybody',
    readyFacts(
      { 'orders-1': withSettings({ synchronous_standby_names: 'ANY 1 (x)' }) },
      { syncLowered: { was: 'ANY 2 (x, y)', set: '' } },
    ),
    'ok',
    /wait for ANY 1/,
  ],
  ['sync-now', 'asynchronous as ever', readyFacts(), 'ok', /as everywhere/],
  [
    'idle-slots',
    'left at a standby',
    readyFacts({ 'orders-3': { slots: [slotOf('orders_2', { isActive: false, keptBytes: 33_554_432 })] } }),
    'costs',
    /At orders-3: orders_2 holds back 32 MiB of WAL/,
  ],
  [
    'idle-slots',
    'in use, temporary, without a place, or kept in step by the server',
    readyFacts({
      'orders-1': { slots: [slotOf('orders_2'), slotOf('t', { isActive: false, isTemporary: true })] },
      'orders-2': {
        slots: [
          slotOf('new', { isActive: false, keptBytes: null }),
          slotOf('cdc', { kind: 'logical', isActive: false, isFailover: true }),
        ],
      },
    }),
    'ok',
    /is in use/,
  ],
  [
    'logical-slots',
    'one',
    readyFacts({ 'orders-1': { slots: [slotOf('cdc', { kind: 'logical' })] } }),
    'costs',
    /Lost in a failover: cdc/,
  ],
  [
    'logical-slots',
    'a failover slot',
    readyFacts({ 'orders-1': { slots: [slotOf('cdc', { kind: 'logical', isFailover: true })] } }),
    'ok',
    /failover slot/,
  ],
  [
    'unlogged-tables',
    'some',
    readyFacts({}, { unlogged: { ok: true, value: { tables: 2, unreadDatabases: [] } } }),
    'costs',
    /2 unlogged tables are empty/,
  ],
  [
    'unlogged-tables',
    'a database nobody may enter',
    readyFacts({}, { unlogged: { ok: true, value: { tables: 0, unreadDatabases: ['hr'] } } }),
    'unknown',
    /hr/,
  ],
  [
    'prepared-transactions',
    'one',
    readyFacts({ 'orders-1': { preparedTransactions: 1 } }),
    'costs',
    /1 prepared transaction at/,
  ],
  [
    'archive',
    'a failing archiver',
    readyFacts({ 'orders-1': { archiver: { isFailing: true, lastFailedWal: '0000000100000000000000A1' } } }),
    'costs',
    /since 0000/,
  ],
  ['archive', 'no command', readyFacts({ 'orders-1': { hasArchiveCommand: false } }), 'costs', /nothing archives/],
  [
    'archive',
    'none at the candidate',
    readyFacts({ 'orders-2': withSettings({ archive_mode: 'off' }) }),
    'costs',
    /orders-2 would archive nothing/,
  ],
  [
    'archive',
    'none at all',
    readyFacts({ 'orders-1': withSettings({ archive_mode: 'off' }) }),
    'ok',
    /archives no WAL/,
  ],
  [
    'heartbeats',
    'a late witness',
    readyFacts({}, { heartbeats: { ok: true, value: [{ witness: 'w-a', ageMs: 60_000 }] } }),
    'costs',
    /0 of 3.*w-a 1:00 min ago/,
  ],
  [
    'heartbeats',
    'no table',
    readyFacts({}, { heartbeats: { ok: false, says: 'relation "heartbeat" does not exist' } }),
    'unknown',
    /does not exist/,
  ],
];

describe('each check', () => {
  it.each(cases)('%s: %s', (id, _, facts, ...[state, says]) => {
    const found = checkReadiness(facts).find((check) => check.id === id);
    expect([found?.state, found?.says]).toEqual([state, expect.stringMatching(says)]);
    if (state === 'fails') expect(found?.toDo).toMatch(/\.$/);
  });
});
