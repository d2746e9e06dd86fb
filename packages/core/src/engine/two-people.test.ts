// What goes beyond the policy takes two people, each by themselves and by name: who counts as another, what the first approval
// stands for and how long, and that nothing runs on one. (Invariants I1, I2, I7)
import { T, type Told, topologyOf } from '@petrov/sim/cases';
import { dead, Play, quiet, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import type { DecisionInput } from './index.ts';

const busy: Told = { ...well, bytesPerSecond: 4_000_000 };
const gone: Told = {
  reads: 'timeout',
  peers: 'timeout',
  standbys: { 'orders-2': quiet, 'orders-3': quiet },
};
const by = (id: string): Partial<DecisionInput> => ({
  actor: { id, name: id, role: 'approver', via: 'console' },
});
const atTerminal = (said: string): Partial<DecisionInput> => ({
  actor: { id: `os:${said}`, name: said, role: 'approver', via: 'cli' },
  proof: { kind: 'terminal', osUser: 'petrov', atMs: T },
});

/** A primary that no fence is configured for, dead for 15 s: its promotion takes two. */
function unfenced(): Play {
  const play = new Play({}, well, { ...topologyOf(), fences: [] });
  play.until(35, dead);
  return play;
}
const named = { overrides: { unfenced: 'orders-1' } };
const performed = (play: Play) => play.effects.some((e) => e.type === 'perform');

describe('a promotion that nothing fences', () => {
  it('says in its plan and its page that it takes two, before anybody is woken', () => {
    const play = unfenced();
    expect(play.proposal?.revision.consent).toEqual({
      people: 2,
      because: ['nothing keeps orders-1 from taking writes'],
    });
    expect(play.proposal?.revision.plan.steps[1]?.says).toBe(
      'Leave orders-1 as it is: it may still take writes, and what clients write there is lost',
    );
    const [page] = play.effects.flatMap((e) => (e.type === 'page' ? [e.page] : []));
    expect(page?.summary).toContain('takes TWO people');
    expect(page?.details).toMatchObject({ people: 2 });
  });

  it('runs once a second person has approved it too, with both on the record', () => {
    const play = unfenced();
    expect(play.answer('approve', { ...named, ...by('bob'), reason: 'the rack burns' })).toMatchObject({
      ok: true,
      says: expect.stringContaining('1 of 2: another person has to approve it too'),
    });
    expect([play.proposal?.state, performed(play)]).toEqual(['open', false]);
    expect(play.effects.findLast((e) => e.type === 'page')).toMatchObject({
      page: { event: 'second-needed', urgency: 'high' },
    });
    expect(play.answer('approve', { ...named, ...by('cy') })).toMatchObject({ ok: true });
    expect(play.proposal).toMatchObject({
      state: 'executing',
      approval: { actor: { id: 'cy' } },
      firstApproval: { actor: { id: 'bob' }, overrides: { unfenced: 'orders-1' } },
    });
    expect(performed(play)).toBe(true);
    expect(play.effects).toContainEqual(
      expect.objectContaining({
        entry: expect.objectContaining({ code: 'P2003', says: expect.stringContaining('the rack burns') }),
      }),
    );
  });

  it('tells nobody why the first approved before the second has decided', () => {
    const play = unfenced();
    play.answer('approve', { ...named, reason: 'the rack burns' });
    const told = play.effects.filter((e) => e.type === 'audit' || e.type === 'page');
    expect(JSON.stringify(told)).not.toContain('the rack burns');
    expect(play.codes()).toContain('P2013');
  });

  it.each<[string, Partial<DecisionInput>, Partial<DecisionInput>]>([
    ['who comes again', by('bob'), by('bob')],
    ['who says another name at the terminal', atTerminal('ada'), atTerminal('bob')],
  ])('is refused to one %s', (_, first, second) => {
    const play = unfenced();
    expect(play.answer('approve', { ...named, ...first }).ok).toBe(true);
    expect(play.answer('approve', { ...named, ...second })).toMatchObject({
      ok: false,
      code: 'same-person',
      says: expect.stringContaining('it takes another person'),
    });
    expect([play.proposal?.state, performed(play)]).toEqual(['open', false]);
  });

  it('takes a console’s user and the terminal’s for two', () => {
    const play = unfenced();
    play.answer('approve', { ...named, ...by('bob') });
    expect(play.answer('approve', { ...named, ...atTerminal('ada') }).ok).toBe(true);
    expect(play.proposal?.state).toBe('executing');
  });

  it('is refused to each who doesn’t name it', () => {
    const play = unfenced();
    expect(play.answer('approve', by('bob'))).toMatchObject({ ok: false, code: 'unfenced-not-named' });
    play.answer('approve', { ...named, ...by('bob') });
    expect(play.answer('approve', { ...by('cy'), overrides: { unfenced: 'orders-3' } })).toMatchObject({
      ok: false,
      code: 'unfenced-not-named',
    });
    expect(performed(play)).toBe(false);
  });

  it('goes no step further when its record has the approval of one only (I1)', () => {
    const play = unfenced();
    play.answer('approve', { ...named, ...by('bob') });
    play.answer('approve', { ...named, ...by('cy') });
    const { proposal } = play;
    if (proposal === undefined) throw new Error('nothing is asked');
    const { firstApproval: _, ...alone } = proposal;
    const begun = play.effects.length;
    play.restart(alone);
    play.until(60, dead);
    expect(play.effects.slice(begun).filter((e) => e.type === 'perform')).toEqual([]);
    expect(JSON.stringify(play.effects.slice(begun))).toContain('the record has not the approval of two');
  });

  it('is over by anybody’s no, whoever said yes before', () => {
    const play = unfenced();
    play.answer('approve', { ...named, ...by('bob') });
    expect(play.answer('reject', by('bob')).ok).toBe(true);
    expect(play.proposal).toMatchObject({ state: 'rejected', decisions: [{ kind: 'approve' }, { kind: 'reject' }] });
  });
});

describe('a first approval', () => {
  it('outlives the controller: its giver is refused, another is the second', () => {
    const play = new Play({}, busy, { ...topologyOf(), fences: [] });
    const out: Told = { ...dead, client: { succeeded: 0, failed: 9 } };
    play.until(35, out);
    play.answer('approve', { ...named, ...by('bob') });
    play.restart();
    play.until(45, out);
    expect(play.proposal).toMatchObject({ id: 'orders-p1', revision: { number: 1 } });
    expect(play.answer('approve', { ...named, ...by('bob') })).toMatchObject({ ok: false, code: 'same-person' });
    expect(play.answer('approve', { ...named, ...by('cy') }).ok).toBe(true);
    expect(play.proposal).toMatchObject({ state: 'executing', firstApproval: { actor: { id: 'bob' } } });
  });

  it('counts no more once what is asked has changed: the record says so and why, and another is the first', () => {
    const play = unfenced();
    play.answer('approve', { ...named, ...by('bob'), reason: 'the rack burns' });
    play.until(55, { ...dead, client: { succeeded: 0, failed: 9 } });
    expect(play.proposal?.revision.number).toBeGreaterThan(1);
    const entry = play.effects.find((e) => e.type === 'audit' && e.entry.code === 'P2014');
    expect(entry).toMatchObject({
      entry: {
        says: expect.stringContaining('has changed since'),
        payload: { decision: { reason: 'the rack burns' } },
      },
    });
    expect(play.answer('approve', { ...named, ...by('cy') })).toMatchObject({ ok: true });
    expect([play.proposal?.state, performed(play)]).toEqual(['open', false]);
  });

  it('counts no more once nobody else answered for as long as a question stands', () => {
    const play = unfenced();
    play.answer('approve', { ...named, ...by('bob') });
    play.until(35 + 901, dead);
    expect(play.codes()).toContain('P2014');
    expect(play.answer('approve', { ...named, ...by('cy') })).toMatchObject({ ok: true });
    expect(performed(play)).toBe(false);
  });
});

describe('a loss above the policy’s', () => {
  it('takes two, who name the bytes that they were shown', () => {
    const play = new Play({}, busy);
    while (play.proposal === undefined) play.until(play.second + 1, gone);
    const revision = play.proposal?.revision;
    const lossBytes = revision?.plan.loss.capBytes ?? 0;
    expect(lossBytes).toBeGreaterThan(16 * 1024 ** 2);
    expect(revision?.consent).toMatchObject({ people: 2, because: [expect.stringContaining('could be lost')] });
    expect(revision?.plan.loss.says).toMatch(/It grows while nothing proves that it has stopped: in about \d/);
    expect(play.answer('approve', by('bob'))).toMatchObject({ ok: false, code: 'loss-not-named' });
    expect(play.answer('approve', { ...by('bob'), overrides: { lossBytes: lossBytes / 4 } })).toMatchObject({
      ok: false,
      code: 'loss-not-named',
    });
    expect(play.answer('approve', { ...by('bob'), overrides: { lossBytes } }).ok).toBe(true);
    expect(play.answer('approve', { ...by('cy'), overrides: { lossBytes } }).ok).toBe(true);
    expect(play.proposal).toMatchObject({ state: 'executing', approval: { capBytes: lossBytes } });
    expect(play.cluster.run?.capBytes).toBe(lossBytes);
  });

  it('is asked about anew at each step of its growth, and a first approval of less counts no more', () => {
    const play = new Play({}, busy);
    while (play.proposal === undefined) play.until(play.second + 1, gone);
    const lossBytes = play.proposal?.revision.plan.loss.capBytes ?? 0;
    expect(play.answer('approve', { ...by('bob'), overrides: { lossBytes } }).ok).toBe(true);
    play.until(play.second + 120, gone);
    expect(play.proposal?.revision.plan.loss.capBytes).toBeGreaterThan(lossBytes);
    expect(play.codes()).toContain('P2014');
    expect(play.answer('approve', { ...by('cy'), overrides: { lossBytes } })).toMatchObject({ ok: false });
    expect(performed(play)).toBe(false);
  });
});
