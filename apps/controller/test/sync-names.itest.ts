// What puts synchronous_standby_names back, on a real primary with a real standby: for whom commits waited before a failover.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Drivers, startDrivers } from './driver-world.ts';
import { runAgent } from './pair.ts';

let pair: Drivers['pair'];
let world: Drivers['world'];
beforeAll(async () => {
  ({ pair, world } = await startDrivers());
});
afterAll(() => pair.stop());

describe('synchronous standbys that a failover lowered', () => {
  const setNames = async (names: string) => {
    await pair.admin.query(`ALTER SYSTEM SET synchronous_standby_names = '${names}'`);
    await pair.admin.query('SELECT pg_reload_conf()');
    const shown = async () => (await pair.admin.query('SHOW synchronous_standby_names')).rows[0];
    await expect.poll(shown).toEqual({ synchronous_standby_names: names });
  };
  const restore = async (was: string, at = 'orders-1', set = '') => {
    const told: unknown[] = [];
    const stop = runAgent(world.desk, at, async ({ verb, args }) => {
      told.push([verb, args]);
      return { state: 'done', says: 'Set.', facts: {} };
    });
    const result = await world.act('restore-sync', at, { was, set, deadlineMs: 7_000 });
    stop();
    world.desk.stop();
    return { told, ...result };
  };

  it('are put back where as many stream as they wait for', async () => {
    const was = 'FIRST 1 (walreceiver, other)';
    const { told, state } = await restore(was);
    expect([state, told]).toEqual(['done', [['sync-names', { method: 'before', was }]]]);
  });

  it('are put back over exactly what was set in their place; what anybody set since stays, and that is said', async () => {
    const set = 'ANY 1 (walreceiver, other)';
    await setNames(set);
    const was = 'ANY 1 (*)';
    const lowered = await restore(was, 'orders-1', set);
    expect([lowered.state, lowered.told]).toEqual(['done', [['sync-names', { method: 'before', was }]]]);
    const own = await restore(was);
    expect(own).toMatchObject({
      state: 'done',
      told: [],
      says: expect.stringContaining('which somebody has set since'),
    });
    const already = await restore(set);
    expect(already).toMatchObject({ state: 'done', told: [], says: expect.stringContaining(`wait for ${set} again`) });
    await setNames('');
    const emptied = await restore(was, 'orders-1', set);
    expect(emptied).toMatchObject({
      state: 'done',
      told: [],
      says: expect.stringContaining('no standby, which somebody'),
    });
  });

  it.each([
    ['more than stream', 'ANY 2 (walreceiver, other)', /waits for 2, and of those it names 1 stream/],
    ['nobody who streams', 'other', /waits for 1, and of those it names 0 stream/],
    ['what can not be read', 'ANY (', /can't be read/],
  ])('stay as they are where they would wait for %s', async (_, was, says) => {
    const { told, state, says: said } = await restore(was);
    expect([state, told]).toEqual(['refused', []]);
    expect(said).toMatch(says);
  });

  it('stay at one that leads no more', async () => {
    const standby = await restore('*', 'orders-2');
    expect(standby).toMatchObject({ state: 'refused', told: [], says: expect.stringContaining('leads no more') });
  });
});
