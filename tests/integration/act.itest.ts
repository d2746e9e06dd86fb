// The whole act on real servers: a primary dies and is replaced; started by hand it is read-only; its agent brings it back;
// a switchover gives it its place again. No acknowledged write of a planned change is lost, and no commit hangs: the standbys
// name more than will follow whoever is promoted.
import { DecisionReply } from '@petrov/core/wire';
import { setTimeout as pause } from 'node:timers/promises';
import { type Rig, runSql, waitUntil } from '@petrov/drill';
import { findLostIds, readWriterLog } from '@petrov/sandbox';
import { expect, test } from 'vitest';
import { approve, askMember, findOpen, isFollowing, openRig, SCRIPT, slotsOf, takeBackup } from './act-harness.ts';

/** By its agent's own try, each member could follow every other, and be cloned and rewound from it. */
async function allLoginsWork(rig: Rig): Promise<void> {
  const told = async () => {
    const peers = (await rig.view()).members.flatMap(({ logins }) => Object.values(logins?.peers ?? {}));
    return peers.length === 6 ? peers : undefined;
  };
  const found = await waitUntil(told, { what: 'what each agent found of its logins', timeoutMs: 60_000, everyMs: 200 });
  const isOk = { isOk: true };
  // The primary has no primary_conninfo of its own to try before it was a standby once.
  for (const logins of found) expect(logins).toMatchObject({ clone: isOk, rewind: isOk });
  expect(found.filter(({ follow }) => follow?.isOk === true).length).toBeGreaterThanOrEqual(4);
  expect(found.filter(({ follow }) => follow?.isOk === false)).toEqual([]);
}

test('kill, approve, read-only by hand, rejoined by its agent, and switched back without loss', async () => {
  const rig = await openRig('act');
  try {
    const { site, client } = rig.parts;
    await allLoginsWork(rig);
    const sql = (member: string, text: string) => runSql(site, member, text, { database: 'app' });
    const names = { 'orders-2': '"orders-1", "orders-3"', 'orders-3': '"orders-1", "orders-2"' };
    for (const [member, list] of Object.entries(names)) {
      await sql(member, `ALTER SYSTEM SET synchronous_standby_names = 'FIRST 2 (${list})'`);
      await sql(member, 'SELECT pg_reload_conf()');
    }
    expect(slotsOf(rig, 'orders-1')).toEqual(['orders_2 used', 'orders_3 used']);
    await site.fault('kill', { member: 'orders-1' });
    const failover = await approve(rig, await findOpen(rig, 'failover'));
    const leads = failover.plan.candidate;
    expect(failover.plan.consequences.join()).toContain(`Commits at ${leads} wait for 1 instead of 2 standbys`);
    expect(await sql(leads, 'SHOW synchronous_standby_names')).toMatch(/^FIRST 1 \(/);
    const commit = 'SET synchronous_commit = on; CREATE TABLE acknowledged ()';
    expect(await Promise.race([sql(leads, commit), pause(10_000, 'it hangs')])).toBe('');

    await site.fault('start', { member: 'orders-1' });
    const byHand = async () =>
      (await site.status()).members.find(({ id, postgres }) => id === 'orders-1' && postgres === 'running');
    expect((await waitUntil(byHand, { what: 'orders-1 to answer', timeoutMs: 20_000 }))?.role).toBe('standby');

    const rejoin = await approve(rig, await findOpen(rig, 'rejoin'));
    expect(rejoin.steps.map(({ step, state }) => `${step.id} ${state}`)).toEqual([
      'look done',
      'fence done',
      'rewind done',
      'start-as-standby done',
      'drop-old-slots done',
      'sync-again done',
    ]);
    await isFollowing(rig, 'orders-1', leads);
    expect(await sql(leads, 'SHOW synchronous_standby_names')).toMatch(/^FIRST 2 \(/);
    // Whether it had to be rewound, which takes its slots away, or only started: it keeps WAL for nobody any more.
    expect(slotsOf(rig, 'orders-1')).toEqual([]);
    expect(slotsOf(rig, leads)).toEqual(['orders_1 used', leads === 'orders-2' ? 'orders_3 used' : 'orders_2 used']);

    const switchover = { kind: 'switchover', member: 'orders-1', expectedPrimary: leads, reason: 'back to its place' };
    const ask = () => rig.client(SCRIPT).post('/clusters/orders/requests', switchover, DecisionReply);
    const backup = await takeBackup(rig, leads);
    await expect(ask()).rejects.toMatchObject({ code: 'backup-running' });
    await backup.end();

    askMember(rig, leads, "SELECT pg_create_physical_replication_slot('audit', true)");
    const atMs = Date.now();
    const asked = await ask();
    const switched = await approve(rig, asked.proposal.id);
    expect(switched.steps.find(({ step }) => step.verb === 'drop-old-slots')).toMatchObject({
      state: 'done',
      says: expect.stringMatching(/2 of 2 were dropped.*not Petrov's and that nobody uses: audit holds back/),
    });
    await isFollowing(rig, leads, 'orders-1');
    expect(slotsOf(rig, leads)).toEqual(['audit idle']);
    expect(slotsOf(rig, 'orders-1')).toEqual(['orders_2 used', 'orders_3 used']);
    expect((await rig.view()).primary).toBe('orders-1');

    await client.child.stop();
    const log = await readWriterLog(client.logFile);
    expect(log.splitBrains).toEqual([]);
    const since = log.acks.filter((ack) => ack.atMs > atMs);
    expect(since.filter((ack) => ack.member === 'orders-1').length).toBeGreaterThan(10);
    expect(await findLostIds(site, since, 'orders')).toEqual([]);
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
