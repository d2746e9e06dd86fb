// Who takes over, what it costs, in which order: the clever choice beside a dumb one, each violation of a plan, each quote.
import { caseOf, type Receiving, tell, type Told, topologyOf, T, threeMembers } from '@petrov/sim/cases';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLsn, lsnBytes } from '../cluster/index.ts';
import type { Observation } from '../observation/index.ts';
import { buildPlan, checkPlan, type Plan, rankCandidates } from './index.ts';

const dead = (standbys: Readonly<Record<string, Receiving>>, more: Told = {}) => [
  ...tell([0, 20], {
    ...more,
    standbys: Object.fromEntries(Object.entries(standbys).map(([id, { behind = 0 }]) => [id, { behind }])),
  }),
  ...tell([20, 30], {
    ...more,
    reads: 'refused',
    host: 'absent',
    standbys: Object.fromEntries(
      Object.entries(standbys).map(([id, r]) => [id, { status: 'connecting', stillSinceS: 20, ...r }]),
    ),
  }),
];
const caseAt = (seen: Parameters<typeof caseOf>[0], given: Partial<Parameters<typeof caseOf>[1]> = {}) =>
  caseOf(seen, { nowS: 29, suspectedSinceMs: T + 20_000, ...given });
function planOf(seen: Parameters<typeof caseOf>[0], given: Partial<Parameters<typeof caseOf>[1]> = {}): Plan {
  const outcome = buildPlan(caseAt(seen, given), 7);
  if (!outcome.ok) throw new Error(outcome.because);
  return outcome.plan;
}
const both = { 'orders-2': {}, 'orders-3': {} };

describe('the candidate', () => {
  it('agrees with a dumb choice: the furthest, then by priority, then by name', () => {
    const standby = fc.record({ behind: fc.constantFrom(0, 0, 64, 4_096), priority: fc.constantFrom(0, 50, 100) });
    fc.assert(
      fc.property(fc.array(standby, { minLength: 1, maxLength: 5 }), (all) => {
        const named = all.map((s, i) => ({ ...s, id: `orders-${i + 2}` }));
        const topology = topologyOf([
          { id: 'orders-1', zone: 'a', role: 'primary' },
          ...named.map(({ id, priority }) => ({ id, zone: 'b', role: 'standby' as const, priority })),
        ]);
        const seen = dead(Object.fromEntries(named.map(({ id, behind }) => [id, { behind }])));
        const { chosen } = rankCandidates(caseAt(seen, { topology }));
        let best: (typeof named)[number] | undefined;
        for (const one of named) {
          if (one.priority === 0) continue;
          const isBetter =
            best === undefined ||
            one.behind < best.behind ||
            (one.behind === best.behind && one.priority > best.priority);
          if (isBetter) best = one;
        }
        expect(chosen?.member).toBe(best?.id);
      }),
      { numRuns: 40 },
    );
  });

  it('is the one that received more, though the other has the higher priority', () => {
    const topology = topologyOf(threeMembers.map((m) => ({ ...m, priority: m.id === 'orders-2' ? 200 : 100 })));
    const seen = [
      ...tell([0, 20], { standbys: { 'orders-2': { behind: 50_000 }, 'orders-3': {} } }),
      ...tell([20, 30], {
        reads: 'refused',
        standbys: { 'orders-2': { behind: 50_000, stillSinceS: 19 }, 'orders-3': { stillSinceS: 19 } },
      }),
    ];
    const { chosen, rows } = rankCandidates(caseAt(seen, { topology }));
    expect(chosen?.member).toBe('orders-3');
    expect(rows.find((r) => r.member === 'orders-2')?.says).toMatch(/behind orders-3/);
  });

  it.each([
    ['of another timeline', { timeline: 2 }, /timeline/],
    ['of another system', { systemId: '1' }, /another system/],
    ['that follows another standby', { upstream: 'orders-3' }, /follows/],
    ['that has not answered lately', { isSilent: true }, /not answered lately/],
  ])('is none %s', (_, receiving, says) => {
    const seen = [
      ...tell([0, 10], { standbys: { 'orders-2': receiving } }),
      ...tell([10, 30], { reads: 'refused', standbys: { 'orders-2': receiving } }),
    ];
    const outcome = buildPlan(caseAt(seen, { topology: topologyOf(threeMembers.slice(0, 2)) }), 1);
    expect(outcome.ok ? '' : outcome.because).toMatch(says);
  });

  it('is one that follows another standby only where a run that was given up with its fence left had pointed it there', () => {
    const given = caseAt(dead({ 'orders-2': { upstream: 'orders-3' }, 'orders-3': { behind: 64 } }));
    expect(rankCandidates(given).chosen?.member).toBe('orders-3');
    expect(rankCandidates({ ...given, isFenceLeft: true }).chosen?.member).toBe('orders-2');
    const other = caseAt(dead({ 'orders-2': { upstream: 'orders-3', timeline: 2 }, 'orders-3': {} }));
    expect(rankCandidates({ ...other, isFenceLeft: true }).chosen?.member).toBe('orders-3');
  });

  it('is none that most witnesses get no answer from any more, though its last word is fresh', () => {
    const refused = (by: readonly string[]) =>
      by.map((id): Observation => {
        const member = 'orders-2';
        return { by: id, cluster: 'orders', member, probe: 'sql', outcome: 'refused', atMs: T + 29_500, latencyMs: 1 };
      });
    const chosenBy = (...by: readonly string[]) => {
      const { chosen, rows } = rankCandidates(caseAt([...dead(both), ...refused(by)], { nowS: 30 }));
      return [chosen?.member, rows.find((r) => r.member === 'orders-2')?.says];
    };
    expect(chosenBy('w-a')).toEqual(['orders-2', 'received the most WAL']);
    expect(chosenBy('w-a', 'w-b')).toEqual(['orders-3', 'it answers no more']);
  });

  it('is none that was never seen attached, unless the record says it was', () => {
    const seen = tell([20, 30], {
      reads: 'refused',
      standbys: { 'orders-2': { status: 'connecting', stillSinceS: 0 } },
    });
    expect(rankCandidates(caseAt(seen)).chosen).toBeUndefined();
    expect(rankCandidates(caseAt(seen, { attached: ['orders-2'] })).chosen?.member).toBe('orders-2');
  });

  it('is none without a standby, and none is chosen by delay or priority 0', () => {
    const alone = buildPlan(caseAt([], { topology: topologyOf(threeMembers.slice(0, 1)) }), 1);
    expect(alone.ok ? '' : alone.because).toBe('there is no standby');
    const delayed = topologyOf(threeMembers.map((m) => ({ ...m, ...(m.role === 'standby' ? { delayMs: 1 } : {}) })));
    expect(rankCandidates(caseAt(dead(both), { topology: delayed })).chosen).toBeUndefined();
  });
});

describe('a plan', () => {
  it('is sound, and in the safe order', () => {
    const plan = planOf(dead(both));
    expect(checkPlan(plan)).toEqual([]);
    expect(plan.steps.map((s) => s.id)).toEqual(['look', 'fence', 'settle', 'promote', 'verify', 'repoint-orders-3']);
    expect([plan.epoch, plan.primary, plan.pointOfNoReturn]).toEqual([7, 'orders-1', 'promote']);
  });

  it('prefers a zone among standbys that are equally far, never before WAL', () => {
    const topology = { ...topologyOf(), preferredZones: ['c'] };
    const ranked = rankCandidates(caseAt(dead(both), { topology }));
    expect(ranked.chosen?.member).toBe('orders-3');
    expect(ranked.rows.find((r) => r.member === 'orders-2')?.says).toContain('whose zone is preferred');
    const behind = dead({ 'orders-2': {}, 'orders-3': { behind: 64 } });
    expect(rankCandidates(caseAt(behind, { topology })).chosen?.member).toBe('orders-2');
  });

  it('takes first what a standby has more that may not take over; without an agent that one is named as lost', () => {
    const topology = topologyOf(threeMembers.map((m) => (m.id === 'orders-3' ? { ...m, priority: 0 } : m)));
    const standbys = { 'orders-2': { behind: 4_096 }, 'orders-3': {} };
    const plan = planOf(dead(standbys, { peers: 'refused' }), { topology });
    const ids = plan.steps.map((s) => s.id);
    expect(ids).toEqual(['look', 'fence', 'fast-forward', 'settle', 'promote', 'verify', 'repoint-orders-3']);
    expect(plan.steps[2]).toMatchObject({ member: 'orders-2', from: 'orders-3' });
    expect([plan.loss.bytes, checkPlan(plan)]).toEqual([0, []]);
    const without = planOf(dead(standbys), { topology });
    expect(without.steps.map((s) => s.id)).toEqual([
      ...ids.filter((id) => !/^(fast|rep)/.test(id)),
      'bring-back-orders-3',
    ]);
    expect(without.steps.at(-1)?.openBecause).toContain('4 KiB more');
    expect(without.consequences.join()).toContain("orders-3 received 4 KiB more than orders-2: it can't follow");
    expect(without.loss.bytes).toBe(4_096);
  });

  it('says that nothing fences where there is no agent', () => {
    const seen = [
      ...tell([0, 20], {}),
      ...tell([20, 30], { reads: 'refused', standbys: { 'orders-2': { status: 'connecting', stillSinceS: 20 } } }),
    ];
    const plan = planOf(seen);
    expect([plan.fence.method, plan.steps[1]?.undo]).toEqual(['unfenced', 'nothing-to-undo']);
    expect(checkPlan(plan)).toEqual([]);
  });

  it('names a standby that is ahead of the candidate as left behind, and does not repoint it', () => {
    const topology = topologyOf(threeMembers.map((m) => ({ ...m, priority: m.id === 'orders-3' ? 0 : 100 })));
    const seen = [
      ...tell([0, 20], { standbys: { 'orders-2': { behind: 4_096 }, 'orders-3': {} } }),
      ...tell([20, 30], {
        reads: 'refused',
        host: 'absent',
        standbys: { 'orders-2': { behind: 4_096, stillSinceS: 19 }, 'orders-3': { stillSinceS: 19 } },
      }),
    ];
    const plan = planOf(seen, { topology });
    expect(plan.candidate).toBe('orders-2');
    expect(plan.steps.some((s) => s.verb === 'repoint')).toBe(false);
    expect(plan.consequences.join()).toMatch(/orders-3 received 4 KiB more than orders-2/);
    expect(plan.loss.bytes).toBeGreaterThanOrEqual(4_096);
    expect(checkPlan(plan)).toEqual([]);
  });

  const sound = () => planOf(dead(both));
  const without = (plan: Plan, id: string): Plan => ({ ...plan, steps: plan.steps.filter((s) => s.id !== id) });
  const moved = (plan: Plan, id: string, to: number): Plan => {
    const [step] = plan.steps.filter((s) => s.id === id);
    const rest = plan.steps.filter((s) => s.id !== id);
    return { ...plan, steps: step === undefined ? rest : [...rest.slice(0, to), step, ...rest.slice(to)] };
  };
  it.each<[string, (plan: Plan) => Plan, RegExp]>([
    ['no promotion', (p) => without(p, 'promote'), /exactly once/],
    [
      'two promotions',
      (p) => ({ ...p, steps: p.steps.flatMap((s) => (s.id === 'promote' ? [s, { ...s, id: 'again' }] : [s])) }),
      /exactly once/,
    ],
    ['the primary as candidate', (p) => ({ ...p, candidate: p.primary }), /primary itself/],
    ['another one promoted', (p) => ({ ...p, candidate: 'orders-3' }), /another member/],
    ['no look', (p) => without(p, 'look'), /look before/],
    ['a late look', (p) => moved(p, 'look', 2), /look before/],
    ['no fence', (p) => without(p, 'fence'), /before the old primary is fenced/],
    ['a late fence', (p) => moved(p, 'fence', 3), /before the old primary is fenced/],
    [
      'another one fenced',
      (p) => ({ ...p, steps: p.steps.map((s) => (s.id === 'fence' ? { ...s, member: 'orders-3' } : s)) }),
      /fences another/,
    ],
    ['no settle', (p) => without(p, 'settle'), /settles/],
    ['a settle before the fence', (p) => moved(p, 'settle', 1), /settles/],
    ['a settle after the promotion', (p) => moved(p, 'settle', 3), /settles/],
    ['no verify', (p) => without(p, 'verify'), /verifies/],
    ['a follow-up before the service is back', (p) => moved(p, 'repoint-orders-3', 1), /follow-ups/],
    [
      'a step after it that is none',
      (p) => ({ ...p, steps: p.steps.map((s) => ({ ...s, isFollowUp: false })) }),
      /follow-ups/,
    ],
    ['another point of no return', (p) => ({ ...p, pointOfNoReturn: 'look' }), /no return/],
    ['a cap below what is known', (p) => ({ ...p, loss: { ...p.loss, bytes: p.loss.capBytes + 1 } }), /cap/],
    [
      'one id twice',
      (p) => ({ ...p, steps: p.steps.map((s) => (s.id === 'verify' ? { ...s, id: 'settle' } : s)) }),
      /one id/,
    ],
    ['a follower that is ahead', (p) => ({ ...p, candidateLsn: formatLsn(1n) }), /is ahead of it/],
    [
      'a candidate that follows',
      (p) => ({ ...p, steps: p.steps.map((s) => (s.verb === 'repoint' ? { ...s, member: p.candidate } : s)) }),
      /follow itself/,
    ],
  ])('with %s is not sound', (_, spoil, says) => {
    expect(checkPlan(spoil(sound())).join('; ')).toMatch(says);
  });
});

describe('the quote', () => {
  it('is bounded by the rate and the time unseen, and its cap lies above', () => {
    const { loss } = planOf(dead(both));
    expect(loss.upperBoundBytes).toBeGreaterThanOrEqual(16 * 1024);
    expect(loss.capBytes).toBeGreaterThanOrEqual(loss.upperBoundBytes);
    expect([65_536, 1 << 20, 4 << 20]).toContain(loss.capBytes);
  });

  it('grows with silence', () => {
    const silent = (untilS: number) => {
      const standbys = { 'orders-2': { stillSinceS: 20, ageMs: 5_000 } };
      const seen = [...tell([0, 20], {}), ...tell([20, untilS], { reads: 'timeout', standbys })];
      return planOf(seen, { nowS: untilS - 1 }).loss.upperBoundBytes;
    };
    expect(silent(60)).toBeGreaterThan(silent(30));
  });

  it('is nothing with a synchronous standby that has all that is known, told shortly before', () => {
    const seen = dead({ 'orders-2': {} }, { syncState: 'sync' });
    expect(planOf(seen).loss).toMatchObject({ bytes: 0, capBytes: 0 });
    const stale = seen.filter((o) => o.probe !== 'wal-senders' || o.atMs < T + 3_000);
    expect(planOf(stale).loss.capBytes).toBeGreaterThan(0);
  });

  it('of a quorum of standbys is nothing only if all listed are heard', () => {
    const heard = dead(both, { syncState: 'quorum' });
    expect(planOf(heard).loss.capBytes).toBe(0);
    const oneSilent = heard.filter(
      (o) => !(o.probe === 'wal-receiver' && o.member === 'orders-3' && o.atMs >= T + 20_000),
    );
    expect(planOf(oneSilent).loss.capBytes).toBeGreaterThan(0);
    // Its last word is fresh, and of before the trouble: it may have acknowledged more before it died too.
    expect(planOf(heard, { nowS: 22 }).loss.capBytes).toBe(0);
    expect(planOf(oneSilent, { nowS: 22 }).loss.capBytes).toBeGreaterThan(0);
  });

  it('lets commits go on where they would wait for standbys and none is left to follow, and says so', () => {
    const waits = (standbys: Readonly<Record<string, Receiving>>, syncState?: string) => {
      const plan = planOf(dead(standbys, syncState === undefined ? {} : { syncState }));
      const says = plan.consequences.some((one) => one.startsWith('Commits at orders-2 wait for no standby'));
      const [prepare, promote] = ['prepare', 'promote'].map((verb) => plan.steps.findIndex((s) => s.verb === verb));
      expect([checkPlan(plan), says]).toEqual([[], (prepare ?? -1) > 0]);
      return says && (prepare ?? 0) < (promote ?? 0);
    };
    expect(waits({ 'orders-2': {} }, 'quorum')).toBe(true);
    expect(waits({ 'orders-2': {} })).toBe(false);
    expect(waits(both, 'quorum')).toBe(false);
  });

  it('says that it isn’t known when too little was seen, and takes the policy’s bound', () => {
    const seen = tell([20, 30], {
      reads: 'refused',
      host: 'absent',
      standbys: { 'orders-2': { status: 'connecting', stillSinceS: 0 } },
    });
    const { loss } = planOf(seen, { attached: ['orders-2'] });
    expect(loss).toMatchObject({ bytes: 0, capBytes: 16 << 20 });
    expect(loss.says).toMatch(/^Not known/);
    expect(lsnBytes(formatLsn(5n))).toBe(5n);
  });
});
