// A rejoin as it runs: it touches nobody but the one that comes back. Before another attempt of anything that it does to its
// data, or after a restart, it looks again: whether what it's made of still leads, and nobody writes to it. (I3, I7)
import { hostTelling, T } from '@petrov/sim/cases';
import { Play, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import type { Lsn } from '../cluster/index.ts';
import type { MemberFacts } from '../wire/agent.ts';

const SYSTEM = '7300000000000000001';
const primary: MemberFacts = {
  inRecovery: false,
  timeline: 1,
  systemIdentifier: SYSTEM,
  lsn: '0/4000000' as Lsn,
};
const down = { 'orders-1': primary, 'orders-2': { postgres: 'absent' } } as const;
const proof: MemberFacts = { processesLeft: 0, fenced: true, standbySignal: true, controlState: 'shut down' };

describe('a rejoin that runs', () => {
  const without = { ...well, standbys: { 'orders-2': { isSilent: true }, 'orders-3': {} } };
  const host = (postgres: 'absent' | 'starting') => hostTelling('orders-2', { postgres });
  const absent = host('absent');
  const running = () => {
    const play = new Play({ former: { member: 'orders-2', sinceMs: T } }, without);
    play.until(30, without, absent);
    play.answer('approve');
    return play;
  };

  /** The look that comes next is answered so. */
  const looks = (play: Play, facts: Readonly<Record<string, MemberFacts>> = down) => {
    expect(play.performed.step.verb).toBe('look');
    play.end('done', facts);
  };
  const upTo = (verb: 'look' | 'fence' | 'rewind' | 'start-as-standby') => {
    const play = running();
    if (verb === 'look') return play;
    looks(play);
    while (play.performed.step.verb !== verb) play.end('done', { 'orders-2': proof });
    return play;
  };

  it('fences, rewinds and starts the one member; it promotes nobody', () => {
    const play = running();
    looks(play);
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

  it('stops where that one takes writes itself', () => {
    const play = running();
    looks(play, { 'orders-1': primary, 'orders-2': primary });
    expect(play.proposal?.state).toBe('failed');
  });

  const demoted = { 'orders-1': { ...primary, inRecovery: true }, 'orders-2': { postgres: 'absent' } } as const;
  const elsewhere = { 'orders-1': { ...primary, timeline: 2 }, 'orders-2': { postgres: 'absent' } } as const;
  const writes = { 'orders-1': primary, 'orders-2': primary };
  const standby = { inRecovery: true, receiverStatus: 'streaming', upstream: 'orders-1' };
  it.each<[string, Readonly<Record<string, MemberFacts>>, string]>([
    ['what it is made of leads no more', demoted, 'not the primary any more'],
    ['that was promoted again', elsewhere, 'timeline 2'],
    ['somebody made it a primary', writes, 'takes writes itself'],
    ['somebody brought it back by hand', { 'orders-1': primary, 'orders-2': standby }, 'follows orders-1 already'],
  ])('does nothing more to its data when meanwhile %s', (_, facts, because) => {
    for (const ended of ['ambiguous', 'restarted', 'refused'] as const) {
      const play = upTo('rewind');
      if (ended !== 'restarted') play.end(ended);
      else {
        play.restart();
        play.until(play.second + 1, without, absent);
      }
      if (ended === 'refused') play.answer('resume');
      looks(play, facts);
      expect(play.performed.step.verb).toBe('look');
      expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining(because) });
    }
  });

  it('starts it though its stream is seen already: the answer of the start got lost', () => {
    const play = upTo('start-as-standby');
    play.end('ambiguous');
    looks(play, { 'orders-1': primary, 'orders-2': standby });
    expect([play.performed.step.verb, play.performed.attempt]).toEqual(['start-as-standby', 2]);
  });

  it.each([
    ['rewind', 'absent'],
    ['start-as-standby', 'absent'],
    ['start-as-standby', 'starting'],
  ] as const)('goes on with its %s while its agent is at work and tells that Postgres is %s', (verb, postgres) => {
    const play = upTo(verb);
    play.end('ambiguous');
    play.until(play.second + 2, without, host(postgres));
    looks(play, { 'orders-1': primary });
    expect([play.performed.step.verb, play.performed.attempt]).toEqual([verb, 2]);
  });

  const { peers: _, ...mute } = without;
  it.each([
    ['without a word of it since the question', mute, () => []],
    ['while Postgres runs there', without, () => []],
    ['while Postgres starts there, and not by this run', without, host('starting')],
  ])('does nothing more %s', (_, told, more) => {
    const play = upTo('rewind');
    play.until(play.second + 1, told);
    play.end('ambiguous');
    for (let tries = 1; tries <= 3; tries += 1) {
      looks(play, { 'orders-1': primary });
      play.until(play.second + 2, told, more);
    }
    expect(play.performed.step.verb).toBe('look');
    expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining('did not answer') });
  });

  it.each([
    ['look', 'orders-2 was not touched.'],
    ['fence', 'orders-2 may be down and fenced; nothing else was touched.'],
    ['rewind', 'may still be at "rewind": it takes nothing else before its end, and leaves orders-2 down and fenced.'],
    ['start-as-standby', 'orders-2 may yet come up as a standby of orders-1; it takes no writes.'],
  ] as const)('is given up while it runs, at its %s; what its agent may be at is said', (verb, says) => {
    const play = upTo(verb);
    const { performed } = play;
    expect(play.answer('abandon')).toMatchObject({ ok: true });
    expect(play.proposal).toMatchObject({ state: 'abandoned', because: expect.stringMatching(/^Given up: go on\. /) });
    expect(play.proposal).toMatchObject({ because: expect.stringContaining(says) });
    play.end('done', { 'orders-2': proof });
    expect([play.cluster.run, play.performed, play.proposal?.state]).toEqual([undefined, performed, 'abandoned']);
    expect(play.ask({ id: 'q2', kind: 'rejoin', member: 'orders-2', how: 'clone' })).toMatchObject({ ok: true });
  });

  it('that a person lets go on looks again first, and goes on where all is as it was', () => {
    const play = upTo('rewind');
    play.end('refused');
    play.answer('resume');
    looks(play);
    expect(play.performed.step.verb).toBe('rewind');
  });

  it('goes no further once somebody else leads', () => {
    const play = running();
    looks(play);
    const { cluster } = play;
    const record = { ...cluster.record, primary: 'orders-3', epoch: cluster.record.epoch + 1 };
    play.state = { ...play.state, clusters: new Map([['orders', { ...cluster, record }]]) };
    play.end('done', { 'orders-2': proof });
    expect(play.performed.step.verb).toBe('fence');
    expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining('orders-3 leads now') });
  });

  it('that is given up half-way leaves it down: what was half done to it is not started', () => {
    const play = upTo('rewind');
    play.end('refused');
    expect(play.proposal?.state).toBe('stuck');
    expect(play.answer('abandon')).toMatchObject({ ok: true });
    expect(play.proposal).toMatchObject({ state: 'abandoned', because: expect.stringContaining('stays down') });
    expect(play.performed.step.verb).toBe('rewind');
  });
});
