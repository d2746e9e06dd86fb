// A switchover as it runs: nothing is promoted beside a primary that did not stop cleanly, or that the candidate has not all
// of; a stop that may have begun is asked for again; a rejoin touches nobody but the one that comes back. (I3, I7, I9)
import { T } from '@petrov/sim/cases';
import { Play, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import type { Lsn } from '../cluster/index.ts';
import type { MemberFacts } from '../wire/agent.ts';

const SYSTEM = '7300000000000000001';
const at = (lsn: string) => lsn as Lsn;
const primary: MemberFacts = { inRecovery: false, timeline: 1, systemIdentifier: SYSTEM, lsn: at('0/4000000') };
const standby: MemberFacts = {
  inRecovery: true,
  timeline: 1,
  systemIdentifier: SYSTEM,
  receivedLsn: at('0/4000100'),
  receiverStatus: 'streaming',
};
const read = { 'orders-1': primary, 'orders-2': standby, 'orders-3': standby };
const proof: MemberFacts = {
  processesLeft: 0,
  fenced: true,
  standbySignal: true,
  controlState: 'shut down',
  lsn: at('0/4000100'),
};

function approved(): Play {
  const play = new Play();
  play.ask();
  play.answer('approve');
  return play;
}

/** Stopped, and looked at again: what the settle look reads decides. */
function stopped(fence: MemberFacts, settle: Record<string, MemberFacts>): Play {
  const play = approved();
  play.end('done', read);
  play.end('done', { 'orders-1': fence });
  expect(play.performed.step.verb).toBe('settle');
  play.end('done', settle);
  return play;
}

describe('a switchover that runs', () => {
  it('promotes once the primary stopped cleanly and the candidate has all of it; then the old one comes back', () => {
    const play = stopped(proof, { 'orders-2': standby, 'orders-3': standby });
    expect(play.performed.step.verb).toBe('promote');
    play.end('done', { 'orders-2': { inRecovery: false, timeline: 2, systemIdentifier: SYSTEM } });
    expect(play.cluster.record).toMatchObject({ primary: 'orders-2', former: { member: 'orders-1', isClean: true } });
    expect(play.cluster.record.lastPromotionAtMs).toBeUndefined();
    for (const step of ['verify', 'repoint-orders-3', 'return-orders-1', 'drop-old-slots']) {
      expect(play.performed.step.id).toBe(step);
      play.end('done');
    }
    expect(play.proposal).toMatchObject({ state: 'succeeded', because: 'orders-2 is the primary.' });
  });

  it.each<[string, MemberFacts, MemberFacts, string]>([
    ['did not stop cleanly', { ...proof, controlState: 'in production' }, standby, 'did not stop cleanly'],
    ['wrote more than the candidate has', { ...proof, lsn: at('0/4000200') }, standby, 'would be lost'],
    ['was stopped, and the candidate is out of recovery', proof, { ...standby, inRecovery: false }, 'out of recovery'],
  ])('stops where the primary %s', (_, fence, candidate, because) => {
    const play = stopped(fence, { 'orders-2': candidate, 'orders-3': standby });
    expect(play.performed.step.verb).toBe('settle');
    expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining(because) });
  });

  it.each<[string, Record<string, MemberFacts>, string]>([
    ['another leads', { ...read, 'orders-1': { ...primary, inRecovery: true } }, 'not the primary any more'],
    ['the timeline is another', { ...read, 'orders-1': { ...primary, timeline: 2 } }, 'timeline 2'],
    ['a base backup runs', { ...read, 'orders-1': { ...primary, backupsRunning: 1 } }, 'base backup'],
    ['the candidate lost its stream', { ...read, 'orders-2': { ...standby, receiverStatus: 'stopped' } }, 'not stream'],
    ['two take writes', { ...read, 'orders-3': primary }, 'out of recovery, too'],
  ])('touches nothing when %s', (_, facts, because) => {
    const play = approved();
    play.end('done', facts);
    expect(play.effects.filter((e) => e.type === 'perform')).toHaveLength(1);
    expect(play.proposal).toMatchObject({ state: 'failed', because: expect.stringContaining(because) });
  });

  it('asks for the stop again when nobody knows how far it came', () => {
    const play = approved();
    play.end('done', read);
    play.end('ambiguous');
    expect(play.performed.step.verb).toBe('look');
    play.end('done', { 'orders-2': standby, 'orders-3': standby });
    expect([play.performed.step.verb, play.performed.attempt]).toEqual(['fence', 2]);
  });

  it('is given up by opening the gate again', () => {
    const play = stopped({ ...proof, controlState: 'in production' }, { 'orders-2': standby, 'orders-3': standby });
    expect(play.answer('abandon')).toMatchObject({ ok: true });
    expect(play.performed.step).toMatchObject({ verb: 'unfence', member: 'orders-1' });
    play.end('done');
    expect(play.performed.step).toMatchObject({ verb: 'drop-slots', member: 'orders-2', slots: ['orders_3'] });
    play.end('done');
    expect(play.proposal?.state).toBe('abandoned');
  });

  describe('and is given up after somebody else promoted the candidate', () => {
    const stuck = () =>
      stopped({ ...proof, controlState: 'in production' }, { 'orders-2': standby, 'orders-3': standby });
    const tellPromoted = (play: Play) => {
      const facts = { inRecovery: false, timeline: 2, systemId: SYSTEM };
      const { nowMs } = play;
      const seen = { by: 'w-a', cluster: 'orders', member: 'orders-2', probe: 'sql', outcome: 'ok', facts } as const;
      play.feed({ type: 'observations', nowMs, observations: [{ ...seen, atMs: nowMs }] });
    };

    it('leaves the old primary fenced: two would take writes', () => {
      const play = stuck();
      tellPromoted(play);
      expect(play.answer('abandon')).toMatchObject({ ok: true });
      expect(play.performed.step.verb).toBe('settle');
      expect(play.proposal).toMatchObject({
        state: 'abandoned',
        because: expect.stringContaining('orders-1 stays fenced'),
      });
    });

    it('asks again when that was told while the fence is being lifted', () => {
      const play = stuck();
      play.answer('abandon');
      tellPromoted(play);
      play.end('ambiguous');
      expect(play.performed).toMatchObject({ step: { verb: 'unfence' }, attempt: 1 });
      expect(play.proposal).toMatchObject({
        state: 'stuck',
        because: expect.stringContaining('orders-2 takes writes'),
      });
      play.answer('abandon');
      expect(play.proposal?.state).toBe('abandoned');
    });
  });
});

describe('a rejoin that runs', () => {
  const without = { ...well, standbys: { 'orders-2': { isSilent: true }, 'orders-3': {} } };
  const absent = (atMs: number) => [
    {
      by: 'agent:orders-2',
      cluster: 'orders',
      member: 'orders-2',
      probe: 'host',
      outcome: 'ok',
      atMs,
      facts: { postgres: 'absent' },
    } as const,
  ];
  const running = () => {
    const play = new Play({ former: { member: 'orders-2', sinceMs: T } }, without);
    play.until(30, without, absent);
    play.answer('approve');
    return play;
  };

  it('fences, rewinds and starts the one member; it promotes nobody', () => {
    const play = running();
    play.end('done', { 'orders-1': primary, 'orders-2': { postgres: 'absent' } });
    for (const verb of ['fence', 'rewind', 'start-as-standby']) {
      expect(play.performed.step).toMatchObject({ verb, member: 'orders-2' });
      play.end('done', { 'orders-2': proof });
    }
    expect(play.performed.step).toMatchObject({ verb: 'drop-old-slots', member: 'orders-2' });
    play.end('refused'); // that's open, and no more is tried
    expect(play.proposal).toMatchObject({
      state: 'succeeded',
      because: expect.stringMatching(/^orders-2 follows orders-1\. Still open, not done: Drop the slots at orders-2/),
    });
    expect(play.cluster.record).toMatchObject({ primary: 'orders-1' });
    expect(play.codes()).not.toContain('P3009');
  });

  it('stops where that one takes writes itself, or its agent is silent', () => {
    for (const facts of [{ 'orders-1': primary, 'orders-2': primary }, { 'orders-1': primary }]) {
      const play = running();
      play.end('done', facts);
      expect(play.proposal?.state).toBe('failed');
    }
  });

  it.each([
    [0, 'orders-2 was not touched.'],
    [1, 'orders-2 may be down and fenced; nothing else was touched.'],
    [2, 'may still be at "rewind": it takes nothing else before its end, and leaves orders-2 down and fenced.'],
    [3, 'orders-2 may yet come up as a standby of orders-1; it takes no writes.'],
  ])('is given up while it runs, after %i steps; what its agent may be at is said', (ended, says) => {
    const play = running();
    for (let n = 0; n < ended; n += 1)
      play.end('done', { 'orders-1': primary, 'orders-2': { postgres: 'absent', ...proof } });
    const { performed } = play;
    expect(play.answer('abandon')).toMatchObject({ ok: true });
    expect(play.proposal).toMatchObject({ state: 'abandoned', because: expect.stringMatching(/^Given up: go on\. /) });
    expect(play.proposal).toMatchObject({ because: expect.stringContaining(says) });
    play.end('done', { 'orders-2': proof });
    expect([play.cluster.run, play.performed, play.proposal?.state]).toEqual([undefined, performed, 'abandoned']);
    expect(play.ask({ id: 'q2', kind: 'rejoin', member: 'orders-2', how: 'clone' })).toMatchObject({ ok: true });
  });

  it('goes no further once somebody else leads', () => {
    const play = running();
    play.end('done', { 'orders-1': primary, 'orders-2': { postgres: 'absent' } });
    const { cluster } = play;
    const record = { ...cluster.record, primary: 'orders-3', epoch: cluster.record.epoch + 1 };
    play.state = { ...play.state, clusters: new Map([['orders', { ...cluster, record }]]) };
    play.end('done', { 'orders-2': proof });
    expect(play.performed.step.verb).toBe('fence');
    expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining('orders-3 leads now') });
  });

  it('that a person lets go on looks again first: who leads, does that one take writes by now?', () => {
    for (const [now, is] of [
      [{ postgres: 'absent' }, 'executing'],
      [primary, 'stuck'],
    ] as const) {
      const play = running();
      play.end('done', { 'orders-1': primary, 'orders-2': { postgres: 'absent' } });
      play.end('done', { 'orders-2': proof });
      play.end('refused');
      play.answer('resume');
      expect(play.performed).toMatchObject({ step: { verb: 'look' }, attempt: 2 });
      play.end('done', { 'orders-1': primary, 'orders-2': now });
      expect([play.proposal?.state, play.performed.step.verb === 'rewind']).toEqual([is, is === 'executing']);
    }
  });

  it('that is given up half-way leaves it down: what was half done to it is not started', () => {
    const play = running();
    play.end('done', { 'orders-1': primary, 'orders-2': { postgres: 'absent' } });
    play.end('done', { 'orders-2': proof });
    play.end('refused');
    expect(play.proposal?.state).toBe('stuck');
    expect(play.answer('abandon')).toMatchObject({ ok: true });
    expect(play.proposal).toMatchObject({ state: 'abandoned', because: expect.stringContaining('stays down') });
    expect(play.performed.step.verb).toBe('rewind');
  });
});
