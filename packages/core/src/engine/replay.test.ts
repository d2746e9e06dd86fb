// Goal: the detector answers 25 recorded situations as it should, and never as it must not. Method: the repository's own
// traces through `replay`, judged by traces/expect.json.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BadTraceError } from '../wire/trace.ts';
import { replay, type ReplayLine, tellReplay } from './replay.ts';

const folder = new URL('../../traces/', import.meta.url);
const START_MS = Date.parse('2026-03-01T03:00:00Z');

const Expected = z.strictObject({
  verdicts: z.array(z.string()).optional(),
  action: z.string().optional(),
  action_any: z.array(z.string()).optional(),
  withinMs: z.number().optional(),
  notBeforeMs: z.number().optional(),
  candidate: z.string().optional(),
  event: z.string().optional(),
  final_verdict: z.array(z.string()).optional(),
});
const Expectation = z.strictObject({
  fault_s: z.number(),
  expect: z.array(Expected),
  never: z.array(z.string()).default([]),
  never_verdict: z.array(z.string()).default([]),
  about: z.string(),
});
const expectations = z
  .record(z.string(), Expectation)
  .parse(JSON.parse(readFileSync(new URL('expect.json', folder), 'utf8')));

const given = {
  hash: (text: string) => createHash('sha256').update(text).digest('hex'),
  parseAtMs: Date.parse,
  toIso: (ms: number) => new Date(ms).toISOString(),
};
const readTrace = (name: string) =>
  gunzipSync(readFileSync(new URL(`${name}.jsonl.gz`, folder)))
    .toString()
    .split('\n');
const play = (lines: readonly string[]) => [...replay(lines, given)];
type AssessmentLine = Extract<ReplayLine, { type: 'assessment' }>;

describe('the traces', () => {
  it('are all there, and each has an expectation', () => {
    const names = readdirSync(folder).flatMap((f) => (f.endsWith('.gz') ? [f.replace('.jsonl.gz', '')] : []));
    expect(names.sort()).toEqual(Object.keys(expectations).sort());
    expect(names).toHaveLength(25);
  });

  it.each(Object.entries(expectations))('%s is judged rightly', (name, expected) => {
    const lines = play(readTrace(name));
    const faultAtMs = START_MS + expected.fault_s * 1_000;
    const sinceFault = (line: { at: string }) => Date.parse(line.at) - faultAtMs;
    const assessments = lines.filter((l): l is AssessmentLine => l.type === 'assessment');
    const after = assessments.filter((a) => sinceFault(a) >= 0);
    for (const item of expected.expect) {
      if (item.final_verdict !== undefined) expect(item.final_verdict).toContain(assessments.at(-1)?.verdict);
      if (item.event !== undefined) {
        const withdrawn = lines.filter((l) => l.type === 'proposal' && l.event === item.event);
        expect(withdrawn.some((l) => 'at' in l && sinceFault(l) <= (item.withinMs ?? Infinity))).toBe(true);
      }
      if (item.verdicts !== undefined) {
        const met = after.filter(
          (a) =>
            item.verdicts?.includes(a.verdict) &&
            (item.action ?? a.action) === a.action &&
            (item.action_any ?? [a.action]).includes(a.action) &&
            sinceFault(a) <= (item.withinMs ?? Infinity) &&
            sinceFault(a) >= (item.notBeforeMs ?? 0),
        );
        expect(met, `${JSON.stringify(item)} in ${lines.map(tellReplay).join('\n')}`).not.toEqual([]);
      }
      if (item.candidate !== undefined) {
        const opened = lines.find((l) => l.type === 'proposal' && l.event === 'opened');
        expect(opened).toMatchObject({ candidate: item.candidate });
      }
    }
    expect(assessments.filter((a) => expected.never.includes(a.action))).toEqual([]);
    expect(assessments.filter((a) => expected.never_verdict.includes(a.verdict))).toEqual([]);
  });

  it('give the same bytes each time', () => {
    for (const name of ['primary-killed', 'many-clusters-at-once', 'comes-back-after-proposal'])
      expect(JSON.stringify(play(readTrace(name)))).toBe(JSON.stringify(play(readTrace(name))));
  });

  it('ask nobody while many clusters fail at once', () => {
    const lines = play(readTrace('many-clusters-at-once'));
    expect(lines.filter((l) => l.type === 'proposal')).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ type: 'summary', proposals: 0 });
  });
});

describe('a bad trace', () => {
  const [header = '', first = '', second = ''] = readTrace('primary-killed');
  const firstBad = (...lines: string[]): BadTraceError => {
    try {
      play(lines);
    } catch (error) {
      if (error instanceof BadTraceError) return error;
    }
    throw new Error('no line was called bad');
  };

  it.each([
    ['nothing at all', [], 1],
    ['a header of another version', [header.replace('"version":1', '"version":2')], 1],
    ['a header that is not JSON', ['{'], 1],
    ['a line that is not JSON', [header, first, 'tcp ok'], 3],
    ['an unknown type', [header, first.replace('"observation"', '"rumour"')], 2],
    ['an unknown probe', [header, first.replace('"self"', '"hunch"')], 2],
    ['an unknown outcome', [header, first.replace('"outcome":"ok"', '"outcome":"odd"')], 2],
    ['a time without a meaning', [header, first.replace(/"at":"[^"]*"/, '"at":"three o’clock"')], 2],
    ['a line out of order', [header, second, first], 3],
    ['an empty line between others', [header, first, '', second], 3],
    ['a policy key that is not known', [header.replace('"policy":{}', '"policy":{"dwel":1}')], 1],
  ])('%s: the line is named', (_, lines, line) => {
    const error = firstBad(...lines);
    expect(error.line).toBe(line);
    expect(error.message).toMatch(new RegExp(`^line ${line}: `));
  });

  it('may end with an empty line, and its unknown keys are ignored', () => {
    expect(play([header, first.replace('{', '{"colour":"red",'), '']).at(-1)).toMatchObject({ observations: 1 });
  });
});

describe('a policy given from outside', () => {
  it('is tried against the trace: calm asks later than fast', () => {
    const openedAt = (preset: 'fast' | 'default' | 'calm') => {
      const lines = [...replay(readTrace('primary-killed'), { ...given, policy: { preset } })];
      const opened = lines.find((l) => l.type === 'proposal' && l.event === 'opened');
      return opened !== undefined && 'at' in opened ? Date.parse(opened.at) : Infinity;
    };
    expect(openedAt('fast')).toBeLessThan(openedAt('default'));
    expect(openedAt('default')).toBeLessThan(openedAt('calm'));
  });
});
