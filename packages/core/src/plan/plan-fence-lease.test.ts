// When an agent's lease counts as a fence: only of one that is silent, holds one, and for no longer than is counted on.
import { caseOf, tell, type Told, topologyOf, T } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { buildPlan } from './index.ts';

describe('waiting a lease out', () => {
  const leased = (leaseMs: number | undefined, agentUntilS: number) => {
    const host = (s: number): Told => (s < agentUntilS ? { host: 'running' } : {});
    const out: Told = { reads: 'timeout', standbys: { 'orders-2': { status: 'connecting', stillSinceS: 20 } } };
    const seen = Array.from({ length: 30 }, (_, s) => tell([s, s + 1], { ...(s < 20 ? {} : out), ...host(s) }))
      .flat()
      .map((o) => (o.probe === 'host' && leaseMs !== undefined ? { ...o, facts: { ...o.facts, leaseMs } } : o));
    const topology = { ...topologyOf(), fences: [{ method: 'lease' as const, afterMs: 20_000, withinMs: 40_000 }] };
    const outcome = buildPlan(caseOf(seen, { nowS: 29, suspectedSinceMs: T + 20_000, topology }), 1);
    if (!outcome.ok) throw new Error(outcome.because);
    return outcome.plan.fence;
  };

  it('is taken of an agent that is silent and holds one, and says on what it counts', () => {
    expect(leased(15_000, 20)).toMatchObject({
      method: 'lease',
      says: expect.stringMatching(
        /stops Postgres after 15 s .* dead or frozen stops nothing; one that restarts .* one term; after a reboot .*gateWhenAlone closed there\.$/,
      ),
    });
  });

  it.each([
    ['holds none', undefined, 20, 'holds no lease'],
    ['holds a longer one', 30_000, 20, 'longer than is counted on'],
    ['is heard', 15_000, 30, 'its lease does not run out'],
  ])('is no way when the agent %s', (_, leaseMs, agentUntilS, says) => {
    expect(leased(leaseMs, agentUntilS)).toMatchObject({ method: 'unfenced', says: expect.stringContaining(says) });
  });
});
