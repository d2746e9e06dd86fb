// A failover that leaves too few to wait for lowers synchronous_standby_names: what it was is on the record, and the next return
// of a standby puts it back, named before the click. Else the cluster would quietly stay as it is.
import { hostTelling, T } from '@petrov/sim/cases';
import { Play, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import type { Run } from '../journal/index.ts';
import type { MemberFacts } from '../wire/agent.ts';
import { withLowered } from './sync-record.ts';

const WAS = 'ANY 1 (orders_2, orders_3)';
const lowered = [{ member: 'orders-1', was: WAS, set: '', atMs: T }];
// orders-2 was the primary before orders-1: it's down, and comes back.
const without = { ...well, standbys: { 'orders-2': { isSilent: true }, 'orders-3': {} } };
const absent = hostTelling('orders-2', { postgres: 'absent' });
const primary = { inRecovery: false, timeline: 1, systemIdentifier: '7300000000000000001' } as const;

function offered(syncLowered = lowered): Play {
  const play = new Play({ former: { member: 'orders-2', sinceMs: T }, syncLowered }, without);
  play.until(30, without, absent);
  return play;
}

/** Approved, and up to the step that sets it again. */
function returned(): Play {
  const play = offered();
  play.answer('approve');
  while (play.performed.step.verb !== 'restore-sync') {
    if (play.proposal?.state !== 'executing') throw new Error(`it ended: ${play.proposal?.state}`);
    play.end('done', { 'orders-1': primary, 'orders-2': { postgres: 'absent' } });
  }
  return play;
}

describe('synchronous_standby_names that a failover lowered', () => {
  const preparedWith = (syncTextBefore?: string, candidate = 'orders-2', syncText = '') => {
    const facts: MemberFacts = syncTextBefore === undefined ? {} : { syncTextBefore, syncText };
    const journal = [{ type: 'done', step: 'prepare', attempt: 1, atMs: T, says: '', facts: { [candidate]: facts } }];
    return { plan: { candidate }, journal } as unknown as Run; // all that's read of it
  };
  const record = { cluster: 'orders', epoch: 4, primary: 'orders-1', proposalsOpened: 0 };

  it('is kept by member, with what was set in its place', () => {
    expect(withLowered(record, preparedWith(WAS), T)).toEqual([{ member: 'orders-2', was: WAS, set: '', atMs: T }]);
    const one = { member: 'orders-2', was: 'FIRST 2 (*)', set: 'FIRST 1 (*)', atMs: T };
    const kept = { ...record, syncLowered: lowered };
    expect(withLowered(kept, preparedWith(one.was, one.member, one.set), T)).toEqual([...lowered, one]);
    expect(withLowered(kept, preparedWith(WAS, 'orders-1', WAS), T)).toEqual(lowered);
    expect(withLowered(kept, preparedWith('', 'orders-1'), T)).toEqual(lowered);
    expect(withLowered(kept, { ...preparedWith(), journal: [] }, T)).toEqual(lowered);
  });

  it('is put back by the rejoin, and that is said before anybody approves it', () => {
    const plan = offered().proposal?.revision.plan;
    expect(plan?.steps.at(-1)).toMatchObject({
      verb: 'restore-sync',
      member: 'orders-1',
      was: WAS,
      set: '',
      isFollowUp: true,
    });
    expect(plan?.consequences.at(-1)).toContain(`was emptied in a failover and is set to ${WAS} again`);
  });

  it('is not spoken of where another member leads than the one it was lowered at', () => {
    const plan = offered([{ member: 'orders-3', was: WAS, set: '', atMs: T }]).proposal?.revision.plan;
    expect(plan?.steps.some(({ verb }) => verb === 'restore-sync')).toBe(false);
    expect(plan?.consequences.join(' ')).not.toContain('synchronous_standby_names');
  });

  it('is off the record once it is set; is on it, and open, where that was refused', () => {
    const play = returned();
    play.end('done');
    expect(play.cluster.record.syncLowered).toBeUndefined();
    expect(play.effects.findLast((e) => e.type === 'store' && e.what === 'cluster')).toMatchObject({
      record: { primary: 'orders-1' },
    });
    expect(play.proposal).toMatchObject({ state: 'succeeded', because: 'orders-2 follows orders-1.' });

    const refused = returned();
    refused.end('refused');
    expect(refused.cluster.record.syncLowered).toEqual(lowered);
    expect(refused.proposal).toMatchObject({ state: 'succeeded', because: expect.stringContaining(`to ${WAS} again`) });
  });

  it('is put back by a switchover to the member at which it was lowered', () => {
    const play = new Play({ syncLowered: [{ member: 'orders-2', was: WAS, set: '', atMs: T }] });
    expect(play.ask({ member: 'orders-2' })).toMatchObject({ ok: true });
    expect(play.proposal?.revision.plan.steps.at(-1)).toMatchObject({ verb: 'restore-sync', member: 'orders-2' });
  });
});
