// A synchronous set of which only the candidate is left: the failover lets commits go on, and the return of the old primary
// makes them wait again, as they did before.
import { DecisionReply } from '@petrov/core/wire';
import { type Rig, waitUntil } from '@petrov/drill';
import { expect, test } from 'vitest';
import { approve, askMember, findOpen, isFollowing, openRig, SCRIPT, slotsOf } from '../integration/act-harness.ts';

/** At the candidate names that no members' ids can tell. */
const NAMES = {
  'orders-1': 'FIRST 1 ("orders-2", "orders-3")',
  'orders-2': 'ANY 1 (*)',
  'orders-3': 'ANY 1 (*)',
} as const;
const namesAt = (rig: Rig, member: string) => askMember(rig, member, 'SHOW synchronous_standby_names');

test('commits that a failover let go on wait again once the old primary is back', async () => {
  const rig = await openRig('sync-again');
  try {
    for (const [member, names] of Object.entries(NAMES)) {
      askMember(rig, member, `ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
      askMember(rig, member, 'SELECT pg_reload_conf()');
    }
    const isSync = async () =>
      askMember(
        rig,
        'orders-1',
        'SELECT string_agg(DISTINCT sync_state, $$ $$ ORDER BY sync_state) FROM pg_stat_replication',
      );
    await waitUntil(async () => (await isSync()) === 'potential sync', {
      what: 'a synchronous standby',
      timeoutMs: 20_000,
    });

    await rig.parts.site.fault('kill', { member: 'orders-3' });
    await rig.parts.site.fault('kill', { member: 'orders-1' });
    const failover = await approve(rig, await findOpen(rig, 'failover'));
    expect(failover.plan.candidate).toBe('orders-2');
    expect(failover.plan.consequences.join(' ')).toContain('is set again when a standby is brought back by Petrov');
    expect(failover.steps.find(({ step }) => step.verb === 'prepare')?.state).toBe('done');
    expect(namesAt(rig, 'orders-2')).toBe('');
    expect((await rig.view()).syncLowered).toEqual({ was: NAMES['orders-2'], set: '' });

    const asked = await rig
      .client(SCRIPT)
      .post('/clusters/orders/requests', { kind: 'rejoin', member: 'orders-1', reason: 'it is whole' }, DecisionReply);
    expect(asked.proposal.revision.plan.consequences.join(' ')).toContain(
      'is set to ANY 1 (*) again once orders-1 streams',
    );
    const rejoin = await approve(rig, asked.proposal.id);
    expect(rejoin.steps.at(-1)).toMatchObject({ step: { id: 'sync-again' }, state: 'done' });
    await isFollowing(rig, 'orders-1', 'orders-2');
    expect(slotsOf(rig, 'orders-1')).not.toContain('orders_2 idle');
    expect(namesAt(rig, 'orders-2')).toBe(NAMES['orders-2']);
    const waits = "SELECT string_agg(application_name || ' ' || sync_state, ',') FROM pg_stat_replication";
    expect(askMember(rig, 'orders-2', waits)).toBe('orders-1 quorum');
    expect((await rig.view()).syncLowered).toBeUndefined();
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
