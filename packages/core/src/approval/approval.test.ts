// What an approval names and when it's void: digests know no order and no age, every material change changes them, and
// only who may decide.
import { caseOf, tell, T } from '@petrov/sim/cases';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Assessment, Evidence } from '../assessment/index.ts';
import { resolvePolicy } from '../cluster/index.ts';
import { buildPlan, type Plan } from '../plan/index.ts';
import {
  type DecisionKind,
  digestOf,
  digestWords,
  findMaterialChanges,
  makeDigests,
  mayDecide,
  refuseWho,
  type Role,
} from './index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const policy = resolvePolicy({});
const seen = [...tell([0, 20], {}), ...tell([20, 30], { reads: 'refused', host: 'absent' })];
const outcome = buildPlan(caseOf(seen, { nowS: 29, suspectedSinceMs: T + 20_000 }), 3);
if (!outcome.ok) throw new Error(outcome.because);
const plan: Plan = outcome.plan;
const item = (id: string, more: Partial<Evidence> = {}): Evidence => ({
  id,
  kind: 'reach',
  source: id,
  says: `${id} says so`,
  sinceAtMs: T,
  ...more,
});
const assessment: Assessment = {
  cluster: 'orders',
  atMs: T,
  verdict: 'primary-down',
  action: 'propose-failover',
  rule: 'primary-down/dead-answers',
  headline: 'down',
  explanation: 'all say so',
  for: [item('reach/w-a'), item('reach/w-b'), item('testimony/orders-2')],
  against: [item('host/orders-1')],
  unknown: [item('client/shop')],
  lookedIn: [],
};
const digestsOf = (a: Assessment, p: Plan = plan, by = policy) =>
  makeDigests({ assessment: a, plan: p, policy: by }, hash);
const frozen = (a: Assessment = assessment, p: Plan = plan, by = policy) => ({
  assessment: a,
  plan: p,
  digests: digestsOf(a, p, by),
});

describe('a digest', () => {
  it('is of canonical JSON: the order of keys is nothing, of lists it is', () => {
    expect(digestOf({ a: 1, b: [1, 2] }, hash)).toBe(digestOf({ b: [1, 2], a: 1 }, hash));
    expect(digestOf([1, 2], hash)).not.toBe(digestOf([2, 1], hash));
    expect(() => digestOf(undefined, hash)).toThrow(/JSON/);
  });

  it('of evidence knows neither order, nor age, nor sample', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...assessment.for], { minLength: 3 }), fc.nat(), (items, ageMs) => {
        const aged = items.map((i) => ({
          ...i,
          sinceAtMs: ageMs,
          seenAtMs: ageMs,
          sample: { latencyMs: ageMs },
          says: `${ageMs} s`,
        }));
        expect(digestsOf({ ...assessment, for: aged, atMs: ageMs })).toEqual(digestsOf(assessment));
      }),
    );
  });

  it('changes with an item that appears, vanishes or changes sides, and with the verdict', () => {
    const before = digestsOf(assessment);
    const more = digestsOf({ ...assessment, for: [...assessment.for, item('peer/orders-3')] });
    const fewer = digestsOf({ ...assessment, against: [] });
    const turned = digestsOf({ ...assessment, against: [], unknown: [...assessment.unknown, ...assessment.against] });
    expect(more.evidenceFor).not.toBe(before.evidenceFor);
    expect(new Set([before, fewer, turned].map((d) => d.evidenceAgainst)).size).toBe(3);
    expect(digestsOf({ ...assessment, verdict: 'primary-hung' }).evidenceFor).not.toBe(before.evidenceFor);
  });

  it('of a plan knows what will be done, not how it is said', () => {
    const said = { ...plan, consequences: ['x'], loss: { ...plan.loss, says: 'x', upperBoundBytes: 1 } };
    expect(digestsOf(assessment, said).plan).toBe(digestsOf(assessment).plan);
    const changes: Plan[] = [
      { ...plan, candidate: 'orders-3' },
      { ...plan, epoch: 4 },
      { ...plan, timeline: 2 },
      { ...plan, systemIdentifier: '1' },
      { ...plan, primary: 'orders-9' },
      { ...plan, loss: { ...plan.loss, capBytes: plan.loss.capBytes * 4 } },
      { ...plan, fence: { ...plan.fence, method: 'unfenced' } },
      { ...plan, steps: plan.steps.slice(0, -1) },
      { ...plan, steps: plan.steps.map((s) => ({ ...s, command: `${s.command}; rm` })) },
      { ...plan, steps: plan.steps.map((s) => ({ ...s, from: 'orders-9' })) },
      { ...plan, steps: plan.steps.map((s) => ({ ...s, deadlineMs: 1 })) },
      { ...plan, steps: plan.steps.map((s) => ({ ...s, atLeastLsn: plan.candidateLsn })) },
      { ...plan, fence: { ...plan.fence, standbys: ['orders-3'] } },
    ];
    const all = [plan, ...changes].map((p) => digestsOf(assessment, p).plan);
    expect(new Set(all).size).toBe(all.length);
  });

  it('has three words to compare by eye', () => {
    expect(digestWords(digestsOf(assessment).plan)).toMatch(/^[a-z]+ · [a-z]+ · [a-z]+$/);
    expect(digestWords('sha256:000000')).toBe(digestWords('000000'));
  });
});

describe('a material change', () => {
  const says = (after: ReturnType<typeof frozen>) => findMaterialChanges(frozen(), after);

  it('is none when only ages, latencies and a loss below the cap moved', () => {
    const aged = { ...assessment, for: assessment.for.map((i) => ({ ...i, seenAtMs: T + 9_000 })) };
    const grown = { ...plan, loss: { ...plan.loss, upperBoundBytes: plan.loss.capBytes } };
    expect(says(frozen(aged, grown))).toEqual([]);
  });

  it.each<[string, ReturnType<typeof frozen>, boolean]>([
    ['new, evidence for', frozen({ ...assessment, for: [...assessment.for, item('x')] }), false],
    ['new, evidence against', frozen({ ...assessment, against: [...assessment.against, item('x')] }), true],
    ['gone, was evidence for', frozen({ ...assessment, for: assessment.for.slice(1) }), false],
    [
      'now unknown, was evidence for',
      frozen({ ...assessment, for: assessment.for.slice(1), unknown: [item('reach/w-a')] }),
      false,
    ],
    ['gone, was evidence against', frozen({ ...assessment, against: [] }), false],
    [
      'now evidence against, was evidence for',
      frozen({ ...assessment, for: assessment.for.slice(1), against: [...assessment.against, item('reach/w-a')] }),
      true,
    ],
    ['the verdict is now primary-hung', frozen({ ...assessment, verdict: 'primary-hung' }), false],
    ['the candidate is now orders-3', frozen(assessment, { ...plan, candidate: 'orders-3' }), false],
    ['the timeline is now 2', frozen(assessment, { ...plan, timeline: 2 }), true],
    ['the fence is now unfenced', frozen(assessment, { ...plan, fence: { ...plan.fence, method: 'unfenced' } }), true],
    ['the steps are now', frozen(assessment, { ...plan, steps: plan.steps.slice(0, -1) }), false],
    [
      'could be lost',
      frozen(assessment, { ...plan, loss: { ...plan.loss, upperBoundBytes: plan.loss.capBytes + 1 } }),
      true,
    ],
    ['the primary is now', frozen(assessment, { ...plan, primary: 'orders-9' }), true],
    ['epoch 9', frozen(assessment, { ...plan, epoch: 9 }), true],
    ['the system is now', frozen(assessment, { ...plan, systemIdentifier: '1' }), true],
    ['the policy has changed', frozen(assessment, plan, resolvePolicy({ preset: 'fast' })), true],
  ])('%s', (text, after, countsAgainst) => {
    const changes = says(after);
    expect(changes.map((c) => c.says).join('; ')).toContain(text);
    expect(changes.some((c) => c.countsAgainst)).toBe(countsAgainst);
  });
});

describe('who may', () => {
  const kinds: readonly DecisionKind[] = ['approve', 'reject', 'hold', 'resume', 'abandon'];
  it.each<[Role, readonly DecisionKind[]]>([
    ['viewer', []],
    ['operator', ['reject', 'hold']],
    ['approver', kinds],
  ])('%s: %j', (role, may) => {
    expect(kinds.filter((kind) => mayDecide(role, kind))).toEqual(may);
  });

  const asked = (role: Role, kind: DecisionKind, environment: string, isScript = false) =>
    refuseWho({
      actor: { id: 'ada', name: 'Ada', role, via: isScript ? 'drill' : 'console' },
      proof: isScript ? { kind: 'drill', scenario: 'x' } : { kind: 'session', sessionId: 's', signedInAtMs: T },
      kind,
      environment,
    })?.code;

  it('is said by code: a role without the right, a script outside a sandbox', () => {
    expect(asked('viewer', 'hold', 'sandbox')).toBe('role-lacks-right');
    expect(asked('operator', 'approve', 'production')).toBe('role-lacks-right');
    expect(asked('approver', 'approve', 'production')).toBeUndefined();
    expect(asked('approver', 'approve', 'production', true)).toBe('drill-proof-outside-sandbox');
    expect(asked('approver', 'approve', 'staging', true)).toBe('drill-proof-outside-sandbox');
    expect(asked('approver', 'approve', 'sandbox', true)).toBeUndefined();
  });
});
