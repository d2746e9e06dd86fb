// Goal: the detector answers 25 recorded situations as it should, and never as it must not. Method: the repository's own
// traces through `replay`, judged by traces/expect.json; every key that traces/README.md names counts, in this judge.
import { readdirSync, readFileSync } from 'node:fs';
import { playTrace, readTrace, tracesFolder } from '@petrov/sim/traces';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ReplayLine, tellReplay } from './replay.ts';

const START_MS = Date.parse('2026-03-01T03:00:00Z');

const names = z.array(z.string());
const Expected = z.strictObject({
  verdicts: names.optional(),
  action: z.string().optional(),
  action_any: names.optional(),
  withinMs: z.number().default(Infinity),
  notBeforeMs: z.number().default(0),
  candidate: z.string().optional(),
  event: z.string().optional(),
  final_verdict: names.optional(),
});
const Expectation = z.strictObject({
  fault_s: z.number(),
  expect: z.array(Expected).default([]),
  never: names.default([]),
  never_verdict: names.default([]),
  /** By cluster: actions and verdicts that it never gets. */
  never_on: z.record(z.string(), names).default({}),
  /** Nothing is proposed before, seconds from the start. */
  not_before_s: z.number().default(0),
  no_open_proposal_at_end: z.boolean().default(false),
  /** Of one cluster. */
  max_assessment_changes: z.number().default(Infinity),
  about: z.string().default(''),
});
type Expectation = z.infer<typeof Expectation>;
type Line<T extends ReplayLine['type']> = Extract<ReplayLine, { type: T }>;

/** What the lines don't meet, in words; empty = all is as expected. */
function judge(lines: readonly ReplayLine[], wanted: Expectation): string[] {
  const assessments = lines.filter((l): l is Line<'assessment'> => l.type === 'assessment');
  const proposals = lines.filter((l): l is Line<'proposal'> => l.type === 'proposal');
  const sinceStart = ({ at }: { at: string }) => Date.parse(at) - START_MS;
  const sinceFault = (line: { at: string }) => sinceStart(line) - wanted.fault_s * 1_000;
  const ofClusters = [...Map.groupBy(assessments, (a) => a.cluster).values()];
  const newest = [...Map.groupBy(proposals, (p) => p.id).values()].map((all) => all.at(-1));
  const meets = (item: Expectation['expect'][number]): boolean => {
    const inTime = (line: { at: string }) => sinceFault(line) <= item.withinMs && sinceFault(line) >= item.notBeforeMs;
    const { verdicts, action, action_any: actions, event, candidate, final_verdict: last } = item;
    const asksAssessment = verdicts !== undefined || action !== undefined || actions !== undefined;
    const isAsked = (a: Line<'assessment'>) =>
      (verdicts ?? [a.verdict]).includes(a.verdict) &&
      (action ?? a.action) === a.action &&
      (actions ?? [a.action]).includes(a.action);
    const isEventAsked = (p: Line<'proposal'>, at: number) =>
      p.event === event && inTime(p) && proposals.slice(0, at + 1).some((o) => o.id === p.id && o.event === 'opened');
    return (
      (!asksAssessment || assessments.some((a) => isAsked(a) && inTime(a))) &&
      (event === undefined || proposals.some(isEventAsked)) &&
      (candidate === undefined || proposals.find((p) => p.event === 'opened')?.candidate === candidate) &&
      (last === undefined || ofClusters.every((all) => last.includes(all.at(-1)?.verdict ?? '')))
    );
  };
  const isNever = ({ cluster, action, verdict }: Line<'assessment'>) =>
    wanted.never.includes(action) ||
    wanted.never_verdict.includes(verdict) ||
    [action, verdict].some((word) => wanted.never_on[cluster]?.includes(word));
  const isProposing = (a: Line<'assessment'>) => a.action.startsWith('propose-');
  return [
    ...wanted.expect.filter((item) => !meets(item)).map((item) => `not met: ${JSON.stringify(item)}`),
    ...assessments.filter(isNever).map((a) => `never: ${tellReplay(a)}`),
    ...assessments
      .filter((a) => isProposing(a) && sinceStart(a) < wanted.not_before_s * 1_000)
      .map((a) => `too early: ${tellReplay(a)}`),
    ...newest.flatMap((p) =>
      wanted.no_open_proposal_at_end && (p?.event === 'opened' || p?.event === 'revised')
        ? [`still open: ${p.id}`]
        : [],
    ),
    ...ofClusters.flatMap((all) =>
      all.length > wanted.max_assessment_changes ? [`${all.length} changes of ${all[0]?.cluster}`] : [],
    ),
  ];
}

describe('the traces', () => {
  const expectations = z
    .record(z.string(), Expectation)
    .parse(JSON.parse(readFileSync(new URL('expect.json', tracesFolder), 'utf8')));

  it('are all there, and each has an expectation', () => {
    const traces = readdirSync(tracesFolder).flatMap((f) => (f.endsWith('.gz') ? [f.replace('.jsonl.gz', '')] : []));
    expect(traces.sort()).toEqual(Object.keys(expectations).sort());
    expect(traces).toHaveLength(25);
  });

  it.each(Object.entries(expectations))('%s is judged rightly', (name, wanted) => {
    const lines = playTrace(readTrace(name));
    expect(judge(lines, wanted), lines.map(tellReplay).join('\n')).toEqual([]);
  });

  it('give the same bytes each time', () => {
    for (const name of ['primary-killed', 'many-clusters-at-once', 'comes-back-after-proposal'])
      expect(JSON.stringify(playTrace(readTrace(name)))).toBe(JSON.stringify(playTrace(readTrace(name))));
  });

  it('ask nobody while many clusters fail at once', () => {
    const lines = playTrace(readTrace('many-clusters-at-once'));
    expect(lines.filter((l) => l.type === 'proposal')).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ type: 'summary', proposals: 0 });
  });
});

describe('the judge of the traces', () => {
  const at = (s: number) => new Date(START_MS + s * 1_000).toISOString();
  const sides = { rule: 'r', headline: 'h', for: [], against: [], unknown: [] };
  const says = (s: number, cluster: string, verdict: string, action = 'none'): ReplayLine => {
    return { type: 'assessment', at: at(s), cluster, verdict, action, ...sides };
  };
  const tells = (s: number, id: string, event: string): ReplayLine => {
    return { type: 'proposal', at: at(s), cluster: 'orders', id, event };
  };
  const lines = [
    says(0, 'orders', 'healthy'),
    says(1, 'users', 'healthy'),
    says(21, 'orders', 'primary-down', 'propose-failover'),
    tells(21, 'p1', 'opened'),
    says(22, 'users', 'witness-suspect', 'warn'),
  ];
  const withdrawn = [...lines, tells(30, 'p1', 'withdrawn')];

  it.each([
    ['the last verdict of every cluster', lines, { expect: [{ final_verdict: ['witness-suspect'] }] }, /final_verdict/],
    ['an action without a verdict', lines, { expect: [{ action: 'page' }] }, /"action":"page"/],
    ['a withdrawal of what was never opened', [tells(30, 'p1', 'withdrawn'), ...lines], event('withdrawn'), /event/],
    ['an event that came too early', withdrawn, event('withdrawn', { notBeforeMs: 15_000 }), /event/],
    ['an action of a named cluster', lines, { never_on: { orders: ['propose-failover'] } }, /never: .*orders/],
    ['a verdict of a named cluster', lines, { never_on: { users: ['witness-suspect'] } }, /never: .*users/],
    ['a proposal before its time', lines, { not_before_s: 21.5 }, /too early: .*orders/],
    ['a proposal left open', lines, { no_open_proposal_at_end: true }, /still open: p1/],
    ['a cluster that changes too often', lines, { max_assessment_changes: 1 }, /2 changes of orders/],
  ])('misses %s', (_, seen, wanted, says) => {
    expect(judge(seen, Expectation.parse({ fault_s: 20, ...wanted })).join('\n')).toMatch(says);
  });

  it.each([
    [lines, { never_on: { users: ['propose-failover'] }, not_before_s: 21, max_assessment_changes: 2 }],
    [withdrawn, { ...event('withdrawn', { withinMs: 10_000 }), no_open_proposal_at_end: true }],
  ])('has nothing against what is as expected', (seen, wanted) => {
    expect(judge(seen, Expectation.parse({ fault_s: 20, ...wanted }))).toEqual([]);
  });

  function event(name: string, more: object = {}) {
    return { expect: [{ event: name, ...more }] };
  }
});
