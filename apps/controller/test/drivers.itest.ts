// The native driver on a real primary with a real standby: what it reads, what it believes, what it proves.
import { escapeLiteral } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMember } from '../src/drivers/facts.ts';
import { type Drivers, startDrivers } from './driver-world.ts';
import { runAgent } from './pair.ts';
import { until } from './servers.ts';

let pair: Drivers['pair'];
let world: Drivers['world'];
beforeAll(async () => {
  ({ pair, world } = await startDrivers());
});
afterAll(() => pair.stop());

describe('reading', () => {
  it('tells primary and standby, position, timeline, upstream', async () => {
    const primary = await readMember(world.reach, 'orders', 'orders-1');
    expect(primary).toMatchObject({ ok: true, facts: { inRecovery: false, timeline: 1, postgres: 'running' } });
    const standby = await readMember(world.reach, 'orders', 'orders-2');
    expect(standby).toMatchObject({
      ok: true,
      facts: { inRecovery: true, timeline: 1, receiverStatus: 'streaming', upstream: 'orders-1', replayPaused: false },
    });
    expect(await readMember(world.reach, 'orders', 'orders-3')).toMatchObject({
      ok: false,
      says: expect.stringContaining("orders-3 can't be read"),
    });
  });

  it('a look asks the witnesses, reads candidate and siblings, hears the agents that listen', async () => {
    const stop = runAgent(world.desk, 'orders-1', async () => ({
      state: 'done',
      says: 'Absent.',
      facts: { postgres: 'absent' },
    }));
    const result = await world.act('look', 'orders-2');
    stop();
    expect(world.asked).toEqual([{ cluster: 'orders', nonce: 'r-1/look/1', forMs: 2_000 }]);
    expect(result).toMatchObject({
      state: 'done',
      facts: { 'orders-1': { postgres: 'absent' }, 'orders-2': { inRecovery: true } },
    });
    expect(result.facts['orders-3']).toBeUndefined();
    world.desk.stop();
  });
});

describe('old slots', () => {
  const make = (of: typeof pair.admin, name: string) =>
    of.query(`SELECT pg_create_physical_replication_slot('${name}', true)`);
  const drop = (of: typeof pair.admin, name: string) => of.query(`SELECT pg_drop_replication_slot('${name}')`);

  it('go only where their member surely follows somebody else; the rest is left open or said', async () => {
    for (const name of ['orders_2', 'orders_3', 'barman']) await make(pair.admin, name);
    await make(pair.standby, 'orders_1');
    const told: string[] = [];
    const stop = runAgent(world.desk, 'orders-2', async ({ verb, args }) => {
      told.push(`${verb} ${JSON.stringify(args)}`);
      await drop(pair.standby, 'orders_1');
      return { state: 'done', says: 'Dropped.', facts: {} };
    });
    const result = await world.act('drop-old-slots', 'orders-1');
    stop();
    world.desk.stop();
    for (const name of ['orders_2', 'orders_3', 'barman']) await drop(pair.admin, name);
    // orders-2 streams from orders-1, by no slot; orders-3 is down; orders-1 itself follows nobody.
    expect(told).toEqual(['drop-slots {"names":["orders_1"]}']);
    expect(result).toMatchObject({ state: 'refused' });
    expect(result.says).toMatch(
      /At orders-1 stays .*: orders_3 holds back .* of WAL: whom orders-3 follows is not known/,
    );
    expect(result.says).toMatch(/not Petrov's and that nobody uses: barman holds back/);
    expect(result.says).toMatch(/No more at orders-2: orders_1 holds back/);
    expect(result.says).not.toContain('orders_2');
  });

  it('wait for a receiver that does not stream yet', async () => {
    await make(pair.admin, 'orders_2');
    const point = async (sql: string) => {
      await pair.standby.query(`ALTER SYSTEM ${sql}`);
      await pair.standby.query('SELECT pg_reload_conf()');
    };
    const shown = await pair.standby.query<{ it: string }>("SELECT current_setting('primary_conninfo') AS it");
    const before = escapeLiteral(shown.rows[0]?.it ?? '');
    const receivers = async () => (await pair.standby.query('SELECT status FROM pg_stat_wal_receiver')).rows.length;
    await point("SET primary_conninfo = ''");
    await expect.poll(receivers).toBe(0);
    const acted = world.act('drop-old-slots', 'orders-1', { deadlineMs: 15_000 });
    const tooSoon = new Promise((resolve) => setTimeout(resolve, 600)); // within which it mustn't end
    const early = await Promise.race([acted, tooSoon]);
    await point(`SET primary_conninfo = ${before}`);
    const result = await acted;
    await drop(pair.admin, 'orders_2');
    expect(early).toBeUndefined();
    expect(result.says).not.toContain('is not known');
  });

  it('stay at a member that can not be asked', async () => {
    const result = await world.act('drop-old-slots', 'orders-3');
    expect(result).toMatchObject({ state: 'refused', says: expect.stringContaining("orders-3 can't be asked") });
  });
});

describe('a fence', () => {
  const proof = { processesLeft: 0, sharedMemoryAttached: false, standbySignal: true, fenced: true };
  it.each([
    ['with its proof, is done', proof, 'done'],
    ['with a process left, is not', { ...proof, processesLeft: 1 }, 'ambiguous'],
    ['without a closed gate, is not', { ...proof, fenced: false }, 'ambiguous'],
    ['without any fact, is not', {}, 'ambiguous'],
  ])('said to be done %s (I7)', async (_name, facts, state) => {
    const stop = runAgent(world.desk, 'orders-1', async () => ({ state: 'done', says: 'Fenced.', facts }));
    expect(await world.act('fence', 'orders-1')).toMatchObject({ state });
    stop();
    world.desk.stop();
  });

  it('is proven while the candidate makes slots, and is no less proven without them', async () => {
    const stop = runAgent(world.desk, 'orders-1', async () => ({ state: 'done', says: 'Fenced.', facts: proof }));
    const slots = ['orders_3'];
    const silent = await world.act('fence', 'orders-1', { slots, deadlineMs: 300 });
    expect(silent).toMatchObject({ state: 'done', facts: { 'orders-1': proof } });
    const stopOther = runAgent(world.desk, 'orders-2', async ({ verb, args }) => ({
      state: 'done',
      says: `${verb} ${JSON.stringify(args)}`,
      facts: { slotsMade: slots },
    }));
    const both = await world.act('fence', 'orders-1', { slots });
    expect(both).toMatchObject({ state: 'done', facts: { 'orders-1': proof, 'orders-2': { slotsMade: slots } } });
    const dropped = await world.act('drop-slots', 'orders-2', { slots });
    expect(dropped).toMatchObject({ state: 'done', says: 'drop-slots {"names":["orders_3"]}' });
    stop();
    stopOther();
    world.desk.stop();
  });

  it('that nobody answers is ambiguous, within its deadline', async () => {
    expect(await world.act('fence', 'orders-1', { deadlineMs: 200 })).toMatchObject({ state: 'ambiguous' });
  });

  it('is not lifted while another member is out of recovery', async () => {
    const stop = runAgent(world.desk, 'orders-2', async () => ({ state: 'done', says: 'Lifted.', facts: {} }));
    const result = await world.act('unfence', 'orders-2');
    expect(result).toMatchObject({ state: 'refused', says: expect.stringContaining('orders-1 is out of recovery') });
    stop();
    world.desk.stop();
  });

  it('is lifted past a member that is down only on its agent’s proof that a start of it is read-only', async () => {
    const down = (standbySignal: boolean) =>
      runAgent(world.desk, 'orders-3', async () => ({
        state: 'done',
        says: 'Down.',
        facts: { postgres: 'absent', processesLeft: 0, standbySignal },
      }));
    const stop = runAgent(world.desk, 'orders-1', async () => ({ state: 'done', says: 'Lifted.', facts: {} }));
    for (const [standbySignal, state] of [
      [false, 'ambiguous'],
      [true, 'done'],
    ] as const) {
      const stopDown = down(standbySignal);
      expect(await world.act('unfence', 'orders-1')).toMatchObject({ state });
      stopDown();
    }
    stop();
    world.desk.stop();
  });
});

describe('promotion', () => {
  it('that was taken back meanwhile: nobody is started as a standby of a server in recovery', async () => {
    const asked: string[] = [];
    const stops = ['orders-1', 'orders-2'].map((id) =>
      runAgent(world.desk, id, async ({ verb }) => {
        asked.push(verb);
        return { state: 'done', says: 'Done.', facts: {} };
      }),
    );
    expect(await world.act('start-as-standby', 'orders-1')).toMatchObject({
      state: 'refused',
      says: expect.stringContaining('orders-2 is in recovery: it leads no more'),
    });
    expect(asked).toEqual([]);
    for (const stop of stops) stop();
    world.desk.stop();
  });

  it('verify before it is ambiguous: nothing is proven', async () => {
    expect(await world.act('verify', 'orders-2', { deadlineMs: 300 })).toMatchObject({
      state: 'ambiguous',
      says: expect.stringContaining('still in recovery'),
    });
  });

  it('refused by the agent is refused, and said to be done without showing it is ambiguous', async () => {
    const answers = [
      { state: 'refused', says: 'The position is too low.', facts: {} },
      { state: 'done', says: 'Promoted.', facts: {} },
    ] as const;
    let count = 0;
    const stop = runAgent(world.desk, 'orders-2', async () => answers[count++]);
    expect(await world.act('promote', 'orders-2')).toMatchObject({ state: 'refused' });
    expect(await world.act('promote', 'orders-2')).toMatchObject({ state: 'ambiguous' });
    stop();
    world.desk.stop();
  });

  it('on a look of long ago is not sent, nor one that its agent fetches too late (I3)', async () => {
    let count = 0;
    const promoted = async () => {
      count += 1;
      return { state: 'done', says: 'Promoted.', facts: {} } as const;
    };
    const stop = runAgent(world.desk, 'orders-2', promoted);
    for (const lookedMsAgo of [5_000, 60_000, -60_000])
      expect(await world.act('promote', 'orders-2', { lookedMsAgo })).toMatchObject({ state: 'ambiguous' });
    // The time of day was set back by less than the look's age, or the machine has slept: one clock alone finds it young.
    for (const ages of [
      { lookedMsAgo: 100, steadyMsAgo: 6_000 },
      { lookedMsAgo: 6_000, steadyMsAgo: 100 },
    ])
      expect(await world.act('promote', 'orders-2', ages)).toMatchObject({
        state: 'ambiguous',
        says: expect.stringContaining('too old to promote on'),
      });
    stop();
    world.desk.stop();
    const asked = world.act('promote', 'orders-2', { lookedMsAgo: 4_200, deadlineMs: 1_500 });
    await pause(900);
    const stopLate = runAgent(world.desk, 'orders-2', promoted);
    expect(await asked).toMatchObject({ state: 'ambiguous', isUnsent: true });
    expect(count).toBe(0);
    stopLate();
    world.desk.stop();
  });

  it('whose answer is lost is found by looking: done, and the next attempt asks the agent for nothing (I8)', async () => {
    let count = 0;
    const stop = runAgent(world.desk, 'orders-2', async ({ verb }) => {
      count += 1;
      if (verb === 'promote') await pair.standby.query('SELECT pg_promote(true, 10)');
      return undefined; // it did it, and its answer never arrives
    });
    const promoted = await world.act('promote', 'orders-2', { deadlineMs: 2_000 });
    expect(promoted).toMatchObject({ state: 'done', facts: { 'orders-2': { inRecovery: false, timeline: 2 } } });
    const handedOut = count;
    expect(await world.act('promote', 'orders-2', { attempt: 2 })).toMatchObject({ state: 'done' });
    expect(count).toBe(handedOut);
    stop();
    world.desk.stop();
  });

  it('is verified by a commit of the controller’s own, with a role that may only look', async () => {
    const verified = await world.act('verify', 'orders-2');
    expect(verified).toMatchObject({ state: 'done', says: expect.stringContaining('one commit came back') });
  });

  it('and then by one that waits for its standbys: one that hangs is told with whom it waits for, and leaves no backend', async () => {
    const waitFor = async (names: string) => {
      await pair.standby.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
      await pair.standby.query('SELECT pg_reload_conf()');
      const shown = `SELECT WHERE current_setting('synchronous_standby_names') = '${names}'`;
      await until(async () => (await pair.standby.query(shown)).rowCount === 1, 'the names to be shown');
    };
    await waitFor('FIRST 1 ("orders-3")');
    expect(await world.act('await-commit', 'orders-2', { deadlineMs: 2_000 })).toMatchObject({
      state: 'ambiguous',
      says: expect.stringContaining('It waits for FIRST 1 ("orders-3"), of which none streams.'),
    });
    const { rowCount } = await pair.standby.query("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    expect(rowCount).toBe(0);
    await waitFor('');
    expect(await world.act('await-commit', 'orders-2')).toMatchObject({ state: 'done' });
  });
});

it('repoint makes the slot at the new primary first, and is open until the sibling streams', async () => {
  const told: string[] = [];
  const agent = (member: string) =>
    runAgent(world.desk, member, async ({ verb, args }) => {
      told.push(`${member} ${verb} ${JSON.stringify(args)}`);
      return { state: 'done', says: 'Done.', facts: {} };
    });
  const stops = [agent('orders-2'), agent('orders-3')];
  const result = await world.act('repoint', 'orders-3', { deadlineMs: 700 });
  expect(result).toMatchObject({
    state: 'ambiguous',
    says: "orders-3 was pointed at orders-2 and doesn't stream from it yet.",
  });
  expect(told).toEqual([
    'orders-2 slots {"names":["orders_3"]}',
    `orders-3 repoint {"upstream":"orders-2","host":"${pair.folder}","port":${pair.ports.standby},"slot":"orders_3"}`,
  ]);
  for (const stop of stops) stop();
});
