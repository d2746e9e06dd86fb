// A fence that can't be proven: the run is left for another way, what was tried is passed over, and only where nothing is left
// the next question is about no fence at all. (Invariant I7)
import { T, topologyOf } from '@petrov/sim/cases';
import { dead, Play, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import type { FenceMethod } from '../cluster/index.ts';
import type { JournalEvent } from '../journal/index.ts';
import type { Proposal } from '../proposal/index.ts';

const both = { actor: { id: 'cy', name: 'Cy', role: 'approver', via: 'console' } } as const;
const unproven = ([1, 2, 3] as const).flatMap((attempt): JournalEvent[] => [
  { type: 'started', step: 'fence', attempt, atMs: T },
  { type: 'ambiguous', step: 'fence', attempt, atMs: T, says: 'no answer' },
]);
const looked: readonly JournalEvent[] = [
  { type: 'started', step: 'look', attempt: 1, atMs: T },
  { type: 'done', step: 'look', attempt: 1, atMs: T, says: 'still out', facts: {} },
];

/** A run that a controller finds stuck at its fence. */
function stuckAtFence(methods: readonly FenceMethod[], journal = [...looked, ...unproven]): Play {
  const play = new Play({}, well, { ...topologyOf(), fences: methods.map((method) => ({ method })) });
  play.until(35, dead);
  play.answer('approve');
  const { proposal, cluster } = play;
  if (proposal?.state !== 'executing' || cluster.run === undefined) throw new Error('nothing runs');
  const stuck: Proposal = { ...proposal, state: 'stuck', stuckSinceMs: play.nowMs, because: 'the fence is not proven' };
  play.restart(stuck, { ...cluster.run, journal });
  play.until(45, dead);
  return play;
}

describe('a run that stands at its fence', () => {
  it('is left for the next way that is configured', () => {
    const play = stuckAtFence(['http', 'command']);
    expect(play.answer('refence')).toMatchObject({ ok: true, says: expect.stringContaining('passes over "http"') });
    expect(play.proposal).toMatchObject({ id: 'orders-p1', state: 'abandoned' });
    expect(play.codes()).toContain('P3012');
    play.until(47, dead);
    expect(play.proposal).toMatchObject({ id: 'orders-p2', state: 'open' });
    expect(play.proposal?.revision.plan.fence).toMatchObject({
      method: 'command',
      says: expect.stringContaining('Fencing by "http" was tried and is not proven.'),
    });
    expect(play.proposal?.revision.consent.people).toBe(1);
  });

  it('where nothing is left asks two people about no fence at all, and goes on so over a restart', () => {
    const play = stuckAtFence(['http']);
    expect(play.proposal?.revision.plan.fence.method).toBe('http');
    play.answer('refence');
    play.restart();
    play.until(60, dead);
    expect(play.proposal).toMatchObject({ id: 'orders-p2', state: 'open' });
    const { plan, consent } = play.proposal?.revision ?? {};
    expect(plan?.fence).toMatchObject({
      method: 'unfenced',
      says: expect.stringMatching(/^Yes: fencing by "http" was/),
    });
    expect(consent?.people).toBe(2);
    const overrides = { unfenced: 'orders-1' };
    expect(play.answer('approve', { overrides }).ok).toBe(true);
    expect(play.answer('approve', { overrides, ...both }).ok).toBe(true);
    expect(play.performed).toMatchObject({ run: { id: 'orders-p2-r1' }, step: { verb: 'look' } });
  });

  it('forgets what was tried once the primary serves again', () => {
    const play = stuckAtFence(['http']);
    play.answer('refence');
    play.until(46, dead);
    expect(play.cluster.record.fencesTried).toEqual({ member: 'orders-1', methods: ['http'] });
    play.until(60, well);
    expect(play.cluster.record.fencesTried).toBeUndefined();
    expect(play.proposal?.state).toBe('withdrawn');
  });

  it.each<[string, readonly JournalEvent[]]>([
    ['before its fence', looked],
    [
      'after its fence was proven',
      [
        ...looked,
        { type: 'started', step: 'fence', attempt: 1, atMs: T },
        { type: 'done', step: 'fence', attempt: 1, atMs: T, says: 'off', facts: {} },
      ],
    ],
  ])('is not left %s', (_, journal) => {
    const play = stuckAtFence(['http'], [...journal]);
    expect(play.answer('refence')).toMatchObject({ ok: false, code: 'not-at-its-fence' });
    expect(play.proposal?.state).toBe('stuck');
  });

  it('is left by an approver only', () => {
    const play = stuckAtFence(['http']);
    const actor = { id: 'op', name: 'Op', role: 'operator', via: 'console' } as const;
    expect(play.answer('refence', { actor })).toMatchObject({ ok: false, code: 'role-lacks-right' });
  });
});
