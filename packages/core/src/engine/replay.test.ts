// What makes a trace unreadable, and which line is named for it; a policy tried against a trace. What the traces are answered
// stands in traces.test.ts.
import { playTrace, readTrace } from '@petrov/sim/traces';
import { describe, expect, it } from 'vitest';
import { BadTraceError } from '../wire/trace.ts';

describe('a bad trace', () => {
  const [header = '', first = '', second = ''] = readTrace('primary-killed');
  const firstBad = (...lines: string[]): BadTraceError => {
    try {
      playTrace(lines);
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
    expect(playTrace([header, first.replace('{', '{"colour":"red",'), '']).at(-1)).toMatchObject({ observations: 1 });
  });
});

describe('a policy given from outside', () => {
  it('is tried against the trace: calm asks later than fast', () => {
    const openedAt = (preset: 'fast' | 'default' | 'calm') => {
      const lines = playTrace(readTrace('primary-killed'), { preset });
      const opened = lines.find((l) => l.type === 'proposal' && l.event === 'opened');
      return opened !== undefined && 'at' in opened ? Date.parse(opened.at) : Infinity;
    };
    expect(openedAt('fast')).toBeLessThan(openedAt('default'));
    expect(openedAt('default')).toBeLessThan(openedAt('calm'));
  });
});
