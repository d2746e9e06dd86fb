// A standby that turns out to be ahead once the old primary is fenced: the candidate that was approved takes the rest from it,
// is promoted, and that standby follows. What the standby alone had of acknowledged writes is there in the end. (I9)
import { execFileSync } from 'node:child_process';
import { isStopped, letGoOn, type Rig, waitUntil } from '@petrov/drill';
import { findLostIds, readWriterLog } from '@petrov/sandbox';
import { expect, test } from 'vitest';
import { approve, findOpen, isFollowing, openRig } from './act-harness.ts';

const IN_FLIGHT_BYTES = 20_000;

function ask({ parts: { site } }: Rig, member: string, sql: string): string {
  const [psql = '', ...args] = site.psqlArgv(member);
  return execFileSync(psql, [...args, '-d', 'app', '-XAtc', sql], { encoding: 'utf8' }).trim();
}
async function signal({ parts: { site } }: Rig, member: string, [name, pid]: readonly [string, string]): Promise<void> {
  expect((await site.execIn(member, ['kill', `-${name}`, pid])).code).toBe(0);
}
const idsAt = (rig: Rig, member: string) =>
  new Set(ask(rig, member, "SELECT string_agg(id::text, ',') FROM writes").split(',').map(Number));

/**
 * orders-3 looks as if it had received nothing more for a while: what was sent lies at its socket unread. orders-2 was sent
 * nothing since. Both keep their streams until the primary dies.
 */
async function holdBack(rig: Rig) {
  const receiver = ask(rig, 'orders-3', 'SELECT pid FROM pg_stat_wal_receiver');
  const sender = ask(rig, 'orders-1', "SELECT pid FROM pg_stat_replication WHERE application_name = 'orders-2'");
  await signal(rig, 'orders-3', ['STOP', receiver]);
  await signal(rig, 'orders-1', ['STOP', sender]);
  const unread = `SELECT sent_lsn - flush_lsn > ${IN_FLIGHT_BYTES} FROM pg_stat_replication WHERE application_name = 'orders-3'`;
  const isInFlight = () => Promise.resolve(ask(rig, 'orders-1', unread) === 't');
  await waitUntil(isInFlight, { what: 'writes to be on their way to orders-3', timeoutMs: 30_000, everyMs: 50 });
  return { receiver, sender };
}

test('the candidate takes what a sibling has more, and the sibling follows', async () => {
  // The settling begins to read while the fence is being recorded: what is to be ahead by then has to be so before.
  const rig = await openRig('fast-forward', { controllerEnv: { PETROV_STOP_AT: 'after-act:fence' } });
  try {
    const { site, client, controller } = rig.parts;
    const held = await holdBack(rig);
    await site.fault('kill', { member: 'orders-1' });
    await signal(rig, 'orders-1', ['KILL', held.sender]);
    const running = approve(rig, await findOpen(rig, 'failover'));
    running.catch(() => undefined); // told below
    const { pid } = controller.child;
    await waitUntil(async () => isStopped(pid), { what: 'the fence', timeoutMs: 60_000, everyMs: 5 });

    const [before, had] = await (async () => {
      try {
        await signal(rig, 'orders-3', ['CONT', held.receiver]);
        const all =
          'SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid = PID) AND pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()';
        const hasRead = () => Promise.resolve(ask(rig, 'orders-3', all.replace('PID', held.receiver)) === 't');
        await waitUntil(hasRead, { what: 'orders-3 to read what was sent', timeoutMs: 30_000, everyMs: 20 });
        return [idsAt(rig, 'orders-2'), idsAt(rig, 'orders-3')] as const;
      } finally {
        letGoOn(pid);
      }
    })();
    const alone = [...had].filter((id) => !before.has(id));
    expect(alone.length).toBeGreaterThan(10);

    const run = await running;
    expect(run.plan.candidate).toBe('orders-2');
    const step = (id: string) => run.steps.find((one) => one.step.id === id);
    expect(run.plan.steps.find((one) => one.id === 'fast-forward')).toMatchObject({ ifAhead: ['orders-3'] });
    expect(step('fast-forward')).toMatchObject({ state: 'done', attempts: 1 });
    expect(step('settle')).toMatchObject({ state: 'done', attempts: 2 });
    expect(step('repoint-orders-3')).toMatchObject({ state: 'done' });
    expect(run.journal.find((e) => e.type === 'refused')).toMatchObject({
      step: 'settle',
      says: expect.stringMatching(/^orders-3 is .* ahead of orders-2, which has to take that/),
    });
    await isFollowing(rig, 'orders-3', 'orders-2');

    await client.child.stop();
    const log = await readWriterLog(client.logFile);
    expect(log.splitBrains).toEqual([]);
    const acked = log.acks.filter(({ id }) => had.has(id));
    expect(acked.filter(({ id }) => alone.includes(id)).length).toBeGreaterThan(10);
    expect(await findLostIds(site, acked, 'orders')).toEqual([]);
  } finally {
    expect(await rig.stop()).toEqual([]);
  }
}, 400_000);
