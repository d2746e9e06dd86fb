// A standby that follows another standby says nothing about the primary, is no candidate, and goes on behind the promoted one
// without being touched: it takes the new timeline over by itself.
import { waitUntil } from '@petrov/drill';
import { expect, test } from 'vitest';
import { approve, askMember, findOpen, isFollowing, openRig } from '../integration/act-harness.ts';

test('a cascading standby follows through a failover of its upstream', async () => {
  const rig = await openRig('cascading');
  try {
    const { site } = rig.parts;
    const ask = (member: string, sql: string) => askMember(rig, member, sql);
    const upstream = site.description.sets[0]?.members.find(({ id }) => id === 'orders-2');
    if (upstream === undefined) throw new Error('the set has no orders-2');
    const conninfo = ask('orders-3', 'SHOW primary_conninfo').replace(/host=\S+/, `host=${upstream.addresses.db}`);
    ask('orders-3', `ALTER SYSTEM SET primary_conninfo = '${conninfo.replaceAll("'", "''")}'`);
    ask('orders-3', "ALTER SYSTEM SET primary_slot_name = ''");
    ask('orders-3', 'SELECT pg_reload_conf()');
    await isFollowing(rig, 'orders-3', 'orders-2');

    await site.fault('kill', { member: 'orders-1' });
    const run = await approve(rig, await findOpen(rig, 'failover'));
    expect(run.plan.candidate).toBe('orders-2');
    expect(run.plan.ranking.find(({ member }) => member === 'orders-3')?.says).toContain('follows orders-2');
    expect(run.steps.some(({ step }) => step.verb === 'repoint')).toBe(false);

    const marker = ask('orders-2', "SELECT pg_logical_emit_message(true, 'test', 'after')");
    const hasIt = () => Promise.resolve(ask('orders-3', `SELECT pg_last_wal_replay_lsn() >= '${marker}'`) === 't');
    await waitUntil(hasIt, { what: 'orders-3 to replay what was written after', timeoutMs: 30_000, everyMs: 200 });
    expect(ask('orders-3', 'SELECT received_tli FROM pg_stat_wal_receiver')).toBe('2');
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
