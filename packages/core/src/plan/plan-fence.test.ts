// Which fence a plan takes, by what is known of the host, and in which words the question is answered.
import { caseOf, tell, type Told, topologyOf, T } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import type { FenceMethod } from '../cluster/index.ts';
import { buildPlan, checkPlan, type Plan, unfenceWords } from './index.ts';

type Fences = readonly { readonly method: FenceMethod; readonly withinMs?: number }[];

/** A primary that is out since second 20, seen at second 29; its agent told of its host until `agentUntilS`. */
function planWith(
  fences: Fences | undefined,
  {
    agentUntilS = 30,
    hasAgent = false,
    allow,
  }: { readonly agentUntilS?: number; readonly hasAgent?: boolean; readonly allow?: string[] } = {},
): Plan {
  const host = (second: number): Told => (second < agentUntilS ? { host: second < 20 ? 'running' : 'absent' } : {});
  const obeys: Told = allow === undefined ? {} : { allow: { 'orders-1': allow } };
  const out = { reads: 'refused', standbys: { 'orders-2': { status: 'connecting', stillSinceS: 20 } } } as const;
  const seen = Array.from({ length: 30 }, (_, second) =>
    tell([second, second + 1], { ...(second < 20 ? {} : out), ...host(second), ...obeys }),
  ).flat();
  const { members, ...set } = topologyOf();
  const topology = {
    ...set,
    members: members.map((m) => ({ ...m, hasAgent })),
    ...(fences === undefined ? {} : { fences: [...fences] }),
  };
  const outcome = buildPlan(caseOf(seen, { nowS: 29, suspectedSinceMs: T + 20_000, topology }), 1);
  if (!outcome.ok) throw new Error(outcome.because);
  expect(checkPlan(outcome.plan)).toEqual([]);
  return outcome.plan;
}

const both = [{ method: 'agent' }, { method: 'http' }] as const;

describe('the fence of a plan', () => {
  it.each<[string, [fences: Fences | undefined, agentUntilS: number], Plan['fence']['method'], string]>([
    ['the agent, where nothing is configured', [undefined, 30], 'agent', 'No, once the agent on orders-1 has stopped'],
    ['the first that works', [both, 30], 'agent', 'No, once the agent on orders-1 has stopped'],
    ['the next, when the agent is silent', [both, 20], 'http', 'No, once its power switch says that the machine'],
    ['the next, where there is no agent', [both, 0], 'http', 'waits for that proof. There is no agent on orders-1.'],
    ['in the configured order', [[...both].reverse(), 30], 'http', 'No, once its power switch says'],
    ['a silent agent, when there is nothing else', [undefined, 20], 'agent', 'if it does not answer, the run stops'],
    ['none, where nothing can', [undefined, 0], 'unfenced', 'Yes: there is no agent on orders-1, nothing keeps it'],
    ['none, where none is configured', [[], 30], 'unfenced', 'Yes: no fence is configured, nothing keeps it'],
    ['a command', [[{ method: 'command' }], 30], 'command', 'No, once the configured fence command has reported'],
  ])('is %s', (_, [fences, agentUntilS], method, says) => {
    const plan = planWith(fences, { agentUntilS });
    expect(plan.fence).toMatchObject({ method, member: 'orders-1', says: expect.stringContaining(says) });
    expect(plan.steps.find((s) => s.verb === 'fence')?.undo).toBe(
      method === 'unfenced' ? 'nothing-to-undo' : 'reversible',
    );
  });

  it('is not by an agent that tells it does not obey', () => {
    expect(planWith(undefined, { allow: ['promote'] }).fence).toMatchObject({
      method: 'unfenced',
      says: expect.stringContaining('the agent on orders-1 does not allow "fence"'),
    });
    expect(planWith(both, { allow: [] }).fence.method).toBe('http');
    const kept = planWith(undefined, { allow: ['fence'] }).fence;
    expect([kept.method, kept.says]).toEqual(['agent', expect.stringContaining('giving up could not lift this fence')]);
    expect(planWith(undefined, { allow: ['fence', 'unfence'] }).fence).toEqual(planWith(undefined).fence);
  });

  it('has as long as the configuration says', () => {
    const deadline = (plan: Plan) => plan.steps.find((s) => s.verb === 'fence')?.deadlineMs;
    expect(deadline(planWith([{ method: 'http', withinMs: 7_000 }]))).toBe(7_000);
    expect(deadline(planWith(both))).toBe(15_000);
  });

  it('asks an agent that is configured, though this controller has never heard it: it may have been restarted', () => {
    const { method, says } = planWith(undefined, { agentUntilS: 0, hasAgent: true }).fence;
    expect([method, says]).toEqual([
      'agent',
      expect.stringContaining('Its agent is silent now: if it does not answer'),
    ]);
  });

  it('that is none says so in its step, and what that means', () => {
    const plan = planWith([]);
    expect(plan.steps[1]).toMatchObject({
      says: 'Leave orders-1 as it is: it may still take writes, and what clients write there is lost',
      doneWhen: expect.stringContaining('that proves nothing'),
    });
    expect(checkPlan({ ...plan, steps: plan.steps.filter((s) => s.verb !== 'fence') })).toContain(
      'it promotes before the old primary is fenced',
    );
  });

  it('says in the step and in its lifting what is done to which machine', () => {
    const plan = planWith([{ method: 'http' }]);
    expect(plan.steps[1]).toMatchObject({ says: 'Power orders-1 off', member: 'orders-1' });
    expect(unfenceWords(plan.fence).says).toBe('Power orders-1 on again, if no other member is out of recovery');
  });
});
