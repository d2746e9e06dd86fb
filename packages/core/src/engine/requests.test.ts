// What is asked for without a failure: who may, when it's refused and why, and that it gives way to a failover.
import { hostTelling, type Receiving, T, type Told } from '@petrov/sim/cases';
import { dead, Play, quiet, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import { Lsn } from '../cluster/index.ts';
import type { ClusterRecord, RequestInput } from './index.ts';

describe('a switchover', () => {
  it('is a question: nothing runs before an approver answers it, then the primary is stopped first', () => {
    const play = new Play();
    expect(play.ask()).toMatchObject({ ok: true });
    expect(play.proposal?.revision.plan).toMatchObject({
      kind: 'switchover',
      candidate: 'orders-2',
      loss: { capBytes: 0 },
    });
    expect(play.proposal?.revision.plan.steps.map((s) => s.id)).toEqual([
      'look',
      'fence',
      'fast-forward',
      'settle',
      'promote',
      'verify',
      'repoint-orders-3',
      'return-orders-1',
      'drop-old-slots',
    ]);
    play.until(25, well);
    expect(play.effects.some((e) => e.type === 'perform')).toBe(false);
    expect(play.answer('approve')).toMatchObject({ ok: true });
    expect(play.effects.findLast((e) => e.type === 'perform')).toMatchObject({ step: { verb: 'look' }, epoch: 4 });
    expect(play.cluster.record.epoch).toBe(5);
  });

  it('wakes nobody: its page is of low urgency', () => {
    const play = new Play();
    play.ask();
    expect(play.effects.flatMap((e) => (e.type === 'page' ? [e.page.urgency] : []))).toEqual(['low']);
  });

  const { host: _, ...withoutAgent } = well;
  const behind = (r: Receiving): Told => ({ ...well, standbys: { 'orders-2': r, 'orders-3': {} } });
  it.each<[string, Told, Partial<RequestInput>, string]>([
    ['by a viewer', well, { actor: { id: 'v', name: 'V', role: 'viewer', via: 'cli' } }, 'role-lacks-right'],
    ['by a script outside a sandbox', well, { proof: { kind: 'drill', scenario: 'x' } }, 'drill-proof-outside-sandbox'],
    ['of another cluster', well, { cluster: 'shop' }, 'unknown-cluster'],
    ['away from another primary', well, { expectedPrimary: 'orders-9' }, 'another-primary'],
    ['at a time that is over', well, { notBeforeMs: T }, 'in-the-past'],
    ['while a base backup is taken', well, { backupsRunning: 1 }, 'backup-running'],
    ['to the primary itself', well, { member: 'orders-1' }, 'primary already'],
    ['to a stranger', well, { member: 'orders-9' }, 'switchover-not-possible'],
    ['to one that does not stream', behind(quiet), { member: 'orders-2' }, 'does not stream'],
    [
      'to one far behind',
      { ...behind({ behind: 20_000_000 }), bytesPerSecond: 2_000_000 },
      { member: 'orders-2' },
      'caught up',
    ],
    ['without an agent at the primary', withoutAgent, {}, 'agent on orders-1 is silent'],
    [
      'away from one whose agent could not lift the fence',
      { ...well, allow: { 'orders-1': ['fence', 'start-as-standby'] } },
      {},
      'orders-1 does not allow "unfence": add it under "allow"',
    ],
    [
      'to one whose agent may not promote',
      { ...well, allow: { 'orders-2': [] } },
      { member: 'orders-2' },
      'does not allow "promote"',
    ],
    ['while nobody sees it serve', { ...well, by: ['w-a'] }, {}, 'witnesses see orders-1 serving'],
  ])('is refused %s', (_, told, asked, because) => {
    const play = new Play();
    play.until(30, told);
    const reply = play.ask(asked);
    expect(reply.ok ? 'taken' : `${reply.code}: ${reply.says}`).toContain(because);
    expect(play.proposal).toBeUndefined();
    expect(play.codes()).toContain('P2012');
  });

  it('of later is taken while a base backup runs: the look before it finds whether it still does', () => {
    const play = new Play();
    expect(play.ask({ backupsRunning: 1, notBeforeMs: play.nowMs + 60_000 })).toMatchObject({ ok: true });
  });

  it('goes to the synchronous standby, to no other', () => {
    const play = new Play({}, { ...well, syncState: 'sync' });
    expect(play.ask()).toMatchObject({ ok: true });
  });

  it('is one question at a time', () => {
    const play = new Play();
    play.ask();
    expect(play.ask({ id: 'q2' })).toMatchObject({ ok: false, code: 'another-proposal' });
  });

  it('that is scheduled begins at its time, if it was approved', () => {
    const play = new Play();
    play.ask({ notBeforeMs: T + 40_000 });
    expect(play.answer('approve')).toMatchObject({ ok: true });
    play.until(39, well);
    expect([play.proposal?.state, play.codes().includes('P3001')]).toEqual(['approved', false]);
    play.until(42, well);
    expect([play.proposal?.state, play.codes().includes('P3001')]).toEqual(['executing', true]);
  });

  it('is taken back when it can be done no more, not at one missed beat', () => {
    const play = new Play();
    play.ask();
    const gone = { ...well, standbys: { 'orders-2': quiet, 'orders-3': {} } };
    play.until(24, gone);
    expect(play.proposal?.state).toBe('open');
    play.until(40, gone);
    expect(play.proposal).toMatchObject({ state: 'withdrawn', because: expect.stringContaining('does not stream') });
  });

  it('that is rejected says nothing about a failure that comes later', () => {
    const play = new Play();
    play.ask();
    play.answer('reject');
    play.until(40, dead);
    expect(play.proposal).toMatchObject({ state: 'open', id: 'orders-p2' });
    expect(play.proposal?.revision.plan.kind).toBe('failover');
  });

  it('gives way to a failover, open or approved', () => {
    for (const isApproved of [false, true]) {
      const play = new Play();
      play.ask({ notBeforeMs: T + 900_000 });
      if (isApproved) play.answer('approve');
      play.until(45, dead);
      expect(play.codes()).toContain('P2011');
      expect(play.proposal).toMatchObject({ id: 'orders-p2', state: 'open' });
      expect(play.proposal?.revision.plan.kind).toBe('failover');
    }
  });
});

describe('a rejoin', () => {
  // orders-2 was promoted: orders-1 leads in these cases, orders-2 is the one that was primary before.
  const obeying = (allow?: string[]) =>
    hostTelling('orders-2', { postgres: 'absent', fenced: true, ...(allow === undefined ? {} : { allow }) });
  const absent = obeying();
  const without: Told = { ...well, standbys: { 'orders-2': { isSilent: true }, 'orders-3': {} } };
  const former = { member: 'orders-2', sinceMs: T + 15_000 };
  const offered = (more: Partial<NonNullable<ClusterRecord['former']>> = {}) => {
    const play = new Play({ former: { ...former, ...more } }, without);
    play.until(40, without, absent);
    return play;
  };

  it('is offered once, ten seconds after the promotion, and never again by itself', () => {
    const play = new Play({ former }, without);
    play.until(25, without, absent);
    expect(play.proposal).toBeUndefined();
    play.until(27, without, absent);
    expect(play.proposal?.revision.plan).toMatchObject({ kind: 'rejoin', candidate: 'orders-2', primary: 'orders-1' });
    play.answer('reject');
    play.until(80, without, absent);
    expect(play.proposal).toMatchObject({ id: 'orders-p1', state: 'rejected' });
    expect(play.ask({ kind: 'rejoin', member: 'orders-2' })).toMatchObject({ ok: true });
  });

  it('is not offered of one that came back long ago and is down today', () => {
    const play = new Play({ former }, { ...well, standbys: { 'orders-2': {}, 'orders-3': {} } });
    expect(play.cluster.record.former).toBeUndefined();
    play.until(60, without, absent);
    expect(play.proposal).toBeUndefined();
  });

  it('is asked as long as it can be done, whatever else is believed of the cluster meanwhile', () => {
    const play = offered();
    const broken = {
      ...without,
      standbys: { 'orders-2': { isSilent: true }, 'orders-3': { ...quiet, stillSinceS: 40 } },
    };
    play.until(60, broken, absent);
    expect(play.cluster.assessment?.verdict).toBe('replication-broken');
    expect(play.proposal?.revision.number).toBe(1);
    expect(play.answer('approve')).toMatchObject({ ok: true });
  });

  const steps = (play: Play) => play.proposal?.revision.plan.steps.map((s) => s.id);
  it('rewinds, and says how much was never replicated', () => {
    const play = offered({ lastLsn: Lsn.parse('0/3000800'), leftAtLsn: Lsn.parse('0/3000400'), isClean: false });
    expect(steps(play)).toEqual(['look', 'fence', 'rewind', 'start-as-standby', 'drop-old-slots']);
    expect(play.proposal?.revision.plan.loss.says).toContain('1 KiB of WAL on orders-2, from 0/3000400 on');
  });

  it('only starts one that stopped cleanly and lost nothing; copies everything when that is asked', () => {
    const clean = { lastLsn: Lsn.parse('0/3000400'), leftAtLsn: Lsn.parse('0/3000400'), isClean: true };
    expect(steps(offered(clean))).toEqual(['look', 'fence', 'start-as-standby', 'drop-old-slots']);
    expect(steps(offered({ ...clean, isClean: false }))).toContain('rewind');
    for (const how of ['clone', 'rewind'] as const) {
      const play = new Play({ former: { ...former, ...clean, isOffered: true } }, without);
      play.until(40, without, absent);
      play.ask({ kind: 'rejoin', member: 'orders-2', how });
      expect(steps(play)).toEqual(['look', 'fence', how, 'start-as-standby', 'drop-old-slots']);
    }
  });

  it.each<[string, string, string]>([
    ['the primary', 'orders-1', 'is the primary'],
    ['one that follows already', 'orders-3', 'follows orders-1 already'],
    ['a stranger', 'orders-9', 'no member'],
  ])('is refused for %s', (_, member, because) => {
    const reply = new Play().ask({ kind: 'rejoin', member });
    expect(reply.ok ? 'taken' : reply.says).toContain(because);
  });

  it('is refused while the agent may not do it, with what to change', () => {
    const play = new Play({ former: { ...former, isOffered: true } }, without);
    play.until(40, without, obeying(['fence', 'start-as-standby']));
    const reply = play.ask({ kind: 'rejoin', member: 'orders-2' });
    expect(reply.ok ? 'taken' : reply.says).toContain('does not allow "rewind": add it under "allow"');
  });

  it('runs beside a failure: the failover does not wait for it', () => {
    const play = offered();
    play.answer('approve');
    expect(play.cluster.run?.plan.kind).toBe('rejoin');
    const dies: Told = {
      ...dead,
      standbys: { 'orders-2': { isSilent: true }, 'orders-3': { ...quiet, stillSinceS: 40 } },
    };
    play.until(60, dies, absent);
    expect(play.codes()).toContain('P2011');
    expect(play.proposal).toMatchObject({ id: 'orders-p2', state: 'open' });
    expect(play.proposal?.revision.plan).toMatchObject({ kind: 'failover', candidate: 'orders-3' });
    expect(play.cluster.run).toBeUndefined();
  });
});
