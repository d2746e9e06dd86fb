// When starving a primary counts as a fence: only of standbys that are known of, ours, heard, and no further than the candidate.
import { caseOf, tell, type Told, threeMembers, topologyOf, T } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { buildPlan, checkPlan, type Plan } from './index.ts';

describe('starving a primary of its synchronous standbys', () => {
  type Besides = { readonly toldUntilS?: number; readonly behind?: number };
  const planWith = (
    syncStandbys: readonly string[] | undefined,
    silent: readonly string[] = [],
    { toldUntilS = 20, behind = 0 }: Besides = {},
  ): Plan => {
    const told: Told = { peers: 'ok', standbys: { 'orders-2': { behind }, 'orders-3': {} } };
    const out: Told = {
      reads: 'refused',
      standbys: {
        'orders-2': { status: 'connecting', stillSinceS: 20, behind },
        'orders-3': { status: 'none', stillSinceS: 20 },
      },
      peers: 'refused',
    };
    const seen = [...tell([0, 20], told), ...tell([20, 30], out)]
      .filter((o) => o.probe !== 'host' || !silent.includes(o.member))
      .filter((o) => o.probe !== 'wal-senders' || o.atMs < T + toldUntilS * 1_000)
      .map((o) =>
        o.probe === 'wal-senders' && syncStandbys !== undefined
          ? { ...o, facts: { ...o.facts, syncStandbys: [...syncStandbys] } }
          : o,
      );
    const members = threeMembers.map((m) => ({ ...m, priority: m.id === 'orders-3' ? 0 : 100 }));
    const topology = { ...topologyOf(members), fences: [{ method: 'sync-starved' as const }] };
    const outcome = buildPlan(caseOf(seen, { nowS: 29, suspectedSinceMs: T + 20_000, topology }), 1);
    if (!outcome.ok) throw new Error(outcome.because);
    expect(checkPlan(outcome.plan)).toEqual([]);
    return outcome.plan;
  };
  const starved = (...given: Parameters<typeof planWith>) => planWith(...given).fence;
  const both = ['orders-2', 'orders-3'];

  it('is taken when each that may acknowledge is a standby of ours with an agent, and says what it leaves out', () => {
    const fence = starved(both);
    expect(fence).toMatchObject({ method: 'sync-starved', standbys: ['orders-2', 'orders-3'] });
    expect(fence.says).toContain('Commits at synchronous_commit local or off wait for nobody: they are not covered.');
    expect(fence.says).toContain('once somebody on its side empties synchronous_standby_names');
  });

  it('goes by what was told at most 15 s before the trouble', () => {
    expect(starved(both, [], { toldUntilS: 6 }).method).toBe('sync-starved');
    expect(starved(both, [], { toldUntilS: 5 })).toMatchObject({
      method: 'unfenced',
      says: expect.stringContaining('was last told too long before the trouble'),
    });
  });

  it('is no way while the candidate must first take from a standby what it lacks', () => {
    const plan = planWith(both, [], { behind: 4_096 });
    expect(plan.steps.map(({ id }) => id)).toContain('fast-forward');
    expect(plan.fence).toMatchObject({
      method: 'unfenced',
      says: expect.stringContaining('orders-3 received more than the candidate'),
    });
  });

  it.each<[string, readonly string[] | undefined, readonly string[], string]>([
    ['nothing is known of it', undefined, [], 'it is not known which standbys'],
    ['its commits wait for nobody', [], [], 'wait for no standby'],
    ['anybody may acknowledge', ['*'], [], 'is no standby of ours'],
    ['a stranger may acknowledge', ['orders-2', 'backup'], [], '"backup" may acknowledge'],
    ['it names the primary itself', ['orders-1'], [], 'is no standby of ours'],
    ['an agent is silent', both, ['orders-3'], 'the agent on orders-3 is silent'],
  ])('is no way when %s', (_, names, silent, says) => {
    expect(starved(names, silent)).toMatchObject({ method: 'unfenced', says: expect.stringContaining(says) });
  });
});
