// A switchover as it runs: nothing is promoted beside a primary that did not stop cleanly, or that the candidate has not all
// of; a stop that may have begun is asked for again. (I3, I7, I9)
import { Play } from '@petrov/sim/play';
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
