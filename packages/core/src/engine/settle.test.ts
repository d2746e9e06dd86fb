// What the settling makes of what it reads. Who is ahead once the primary is fenced: the candidate takes it from there as the
// approved plan foresees, or nothing is promoted. Same candidate, and no more is lost than was approved, or it's said what
// that isn't known by. (I2, I9)
import { T, tell } from '@petrov/sim/cases';
import { dead, Play } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import { formatLsn, type Lsn, lsnBytes } from '../cluster/index.ts';
import { checkPlan } from '../plan/index.ts';
import type { MemberFacts } from '../wire/agent.ts';

function approved(): Play {
  const play = new Play();
  play.until(40, dead);
  play.answer('approve');
  return play;
}
const planOf = (play: Play) => {
  const plan = play.proposal?.revision.plan;
  if (plan === undefined) throw new Error('nothing is asked');
  return plan;
};
const at = (play: Play, more = 0): MemberFacts => {
  const { candidateLsn, systemIdentifier } = planOf(play);
  const receivedLsn = formatLsn(lsnBytes(candidateLsn) + BigInt(more));
  return { inRecovery: true, timeline: 1, systemIdentifier, receivedLsn };
};
/** Witnesses answer the question of this look, and the members are read. */
function look(play: Play, facts: Readonly<Record<string, MemberFacts>>): void {
  const { nonce } = play.performed;
  const { second } = play;
  play.second += 1;
  const observations = tell([second, second + 1], dead).map((o) => ({ ...o, nonce }));
  play.feed({ type: 'observations', nowMs: T + second * 1_000, observations });
  play.end('done', facts);
}
const fenced: MemberFacts = { processesLeft: 0, fenced: true, standbySignal: true };
/** Fenced, and settled with orders-3 so many bytes ahead. */
function settled(bytes: number): Play {
  const play = approved();
  look(play, { 'orders-2': at(play), 'orders-3': at(play) });
  play.end('done', { 'orders-1': fenced });
  expect(play.performed.step.id).toBe('settle');
  look(play, { 'orders-2': at(play), 'orders-3': at(play, bytes) });
  return play;
}

describe('a sibling that is ahead after the fence', () => {
  it('is named in the approved plan as one whose WAL is taken first', () => {
    const plan = planOf(approved());
    expect(plan.steps.map((s) => s.id).slice(1, 4)).toEqual(['fence', 'fast-forward', 'settle']);
    const [step] = plan.steps.filter((s) => s.verb === 'fast-forward');
    expect(step).toMatchObject({ member: 'orders-2', ifAhead: ['orders-3'] });
    expect(step?.says).toBe('If orders-3 is ahead after the fence, orders-2 first takes the rest from it');
    expect([step?.from, checkPlan(plan)]).toEqual([undefined, []]);
  });

  it('by one byte gives that byte to the candidate, which is settled again and promoted', () => {
    const play = settled(1);
    const { receivedLsn } = at(play, 1);
    expect(play.performed.step).toMatchObject({ id: 'fast-forward', from: 'orders-3', atLeastLsn: receivedLsn });
    expect(play.performed.run.plan).toEqual(planOf(play));
    play.end('done', { 'orders-2': at(play, 1) });
    expect([play.performed.step.id, play.performed.attempt]).toEqual(['settle', 2]);
    look(play, { 'orders-2': at(play, 1), 'orders-3': at(play, 1) });
    expect(play.performed.step.id).toBe('promote');
  });

  it('stops the run with the reason where its WAL cannot be had', () => {
    const play = settled(100);
    play.end('refused');
    expect(play.proposal).toMatchObject({ state: 'stuck', because: 'fast-forward is refused.' });
    expect(play.effects.some((e) => e.type === 'perform' && e.step.verb === 'promote')).toBe(false);
  });

  it('is not forgotten when it has gone: what it had counts as lost', () => {
    const cap = planOf(approved()).loss.capBytes;
    for (const [bytes, state] of [
      [cap + 1, 'stuck'],
      [cap, 'executing'],
    ] as const) {
      const play = settled(bytes);
      play.end('refused');
      play.answer('resume');
      look(play, { 'orders-2': at(play) });
      expect(play.proposal?.state, String(bytes)).toBe(state);
    }
  });

  it('that the plan does not name stops the run as before', () => {
    const play = approved();
    look(play, { 'orders-2': at(play), 'orders-3': at(play) });
    play.end('done', { 'orders-1': fenced });
    const cap = planOf(play).loss.capBytes;
    look(play, { 'orders-2': at(play), 'orders-3': at(play), 'orders-9': at(play, cap + 1) });
    expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining('orders-9 has') });
  });

  it('is no matter to the look before the fence: positions are not final then', () => {
    const play = approved();
    look(play, { 'orders-2': at(play), 'orders-3': at(play, 100) });
    expect(play.performed.step.id).toBe('fence');
  });
});

describe('the loss after the fence', () => {
  /** What was read of the end of the fenced server's WAL. */
  const settledAfter = (proof: MemberFacts) => {
    const play = approved();
    look(play, { 'orders-2': at(play), 'orders-3': at(play) });
    play.end('done', { 'orders-1': { ...fenced, controlState: 'in production', ...proof } });
    look(play, { 'orders-2': at(play), 'orders-3': at(play) });
    return play;
  };
  const settleSays = (play: Play) =>
    play.effects.flatMap((e) => (e.type === 'audit' && e.entry.says.startsWith('settle: ') ? [e.entry.says] : []));

  it('that could not be read is said on the record, and what was approved stands', () => {
    const play = settledAfter({});
    expect(settleSays(play)).toEqual([
      expect.stringContaining('What orders-1 had written last could not be read: the quote of at most 64 KiB stands.'),
    ]);
    expect(play.performed.step.id).toBe('promote');
  });

  it('that was read within the cap is no matter of words, above it stops the run', () => {
    const within = settledAfter({ lsn: planOf(approved()).candidateLsn });
    expect([settleSays(within).join(), within.performed.step.id]).toEqual([
      expect.not.stringContaining('could not be read'),
      'promote',
    ]);
    const { candidateLsn, loss } = planOf(approved());
    const above = settledAfter({ lsn: formatLsn(lsnBytes(candidateLsn) + BigInt(loss.capBytes) + 1n) });
    expect(above.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining('would be lost') });
  });
});

it.each<[string, (lsn: Lsn) => Record<string, unknown>]>([
  ['from the old primary', () => ({ ifAhead: ['orders-1'] })],
  ['from the candidate itself', () => ({ ifAhead: ['orders-2'] })],
  ['from a stranger', () => ({ ifAhead: ['orders-3', 'orders-9'] })],
  ['from nobody', () => ({ ifAhead: undefined })],
  ['from one without saying how far', () => ({ from: 'orders-3' })],
  ['from a stranger, up to a position', (atLeastLsn) => ({ from: 'orders-9', atLeastLsn })],
  ['at another member', () => ({ member: 'orders-3' })],
])('a plan that takes WAL %s is not sound', (_, spoil) => {
  const plan = planOf(approved());
  const steps = plan.steps.map((s) => (s.verb === 'fast-forward' ? { ...s, ...spoil(plan.candidateLsn) } : s));
  expect(checkPlan({ ...plan, steps }).join()).toContain('from whom is not said');
});
