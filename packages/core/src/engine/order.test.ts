// No verdict depends on the order of observations that share a time: the traces, with a second's news all at once, and random
// ones are answered the same, byte for byte, however that second's are shuffled.
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { T, tell, topologyOf, witnesses } from '@petrov/sim/cases';
import fc from 'fast-check';
import { tracesFolder } from '@petrov/sim/traces';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';
import { replay } from './replay.ts';

const given = {
  hash: (text: string) => text,
  parseAtMs: Date.parse,
  toIso: (ms: number) => new Date(ms).toISOString(),
};
type Line = { readonly at: string };
const play = (header: object, lines: readonly Line[]) =>
  [
    ...replay(
      [header, ...lines].map((l) => JSON.stringify(l)),
      given,
    ),
  ]
    .map((l) => JSON.stringify(l))
    .join('\n');

/** The same lines, those of one time in another order. */
function shuffle<L extends Line>(lines: readonly L[], place: (i: number) => number): L[] {
  return [...Map.groupBy(lines, (l) => l.at).values()].flatMap((together) =>
    together
      .map((line, i) => ({ line, place: place(i) }))
      .sort((a, b) => a.place - b.place)
      .map(({ line }) => line),
  );
}

describe('the order of what came at one time changes nothing in', () => {
  const names = readdirSync(tracesFolder).flatMap((f) => (f.endsWith('.gz') ? [f] : []));

  it.each(names)('%s', (name) => {
    const text = gunzipSync(readFileSync(new URL(name, tracesFolder))).toString();
    const [header, ...seen] = text
      .trim()
      .split('\n')
      .map((l) => JSON.parse(l));
    const lines: Line[] = seen.map((l: Line) => ({ ...l, at: `${l.at.slice(0, 19)}.000Z` }));
    expect(
      play(
        header,
        shuffle(lines, (i) => (i * 7_919) % 104_729),
      ),
    ).toBe(play(header, lines));
    expect(
      play(
        header,
        shuffle(lines, (i) => -i),
      ),
    ).toBe(play(header, lines));
  });

  it('random ones', () => {
    const startedAtMs = fc.constantFrom(T, T + 1_000);
    const sql = fc.record({
      probe: fc.constant('sql'),
      by: fc.constantFrom('w-a', 'w-b', 'w-c'),
      outcome: fc.constantFrom('ok', 'ok', 'ok', 'timeout', 'refused', 'starting-up', 'auth-failed'),
      facts: fc.record({
        inRecovery: fc.boolean(),
        timeline: fc.constantFrom(1, 2),
        startedAtMs,
        session: fc.constantFrom('new', 'persistent'),
      }),
    });
    const receiver = fc.record({
      probe: fc.constant('wal-receiver'),
      by: fc.constantFrom('w-a', 'w-b', 'w-c'),
      outcome: fc.constant('ok'),
      facts: fc.record({
        status: fc.constantFrom('streaming', 'connecting', 'stopped', 'none'),
        receivedLsn: fc.constantFrom('0/1', '0/2', '0/3'),
        lastMessageAgeMs: fc.constantFrom(10, 4_000),
      }),
    });
    const senders = fc.record({
      probe: fc.constant('wal-senders'),
      by: fc.constantFrom('w-a', 'w-b'),
      outcome: fc.constant('ok'),
      facts: fc.record({ waitingForSync: fc.constantFrom(0, 3), standbys: fc.constant([]) }),
    });
    const host = fc.record({
      probe: fc.constant('host'),
      by: fc.constantFrom('agent:orders-1', 'agent:orders-2'),
      outcome: fc.constant('ok'),
      facts: fc.record({ postgres: fc.constantFrom('running', 'absent', 'stopped', 'starting') }),
    });
    const self = fc.record({
      probe: fc.constant('self'),
      by: fc.constantFrom('w-a', 'w-b', 'w-c'),
      outcome: fc.constant('ok'),
      facts: fc.record({ loopLagMs: fc.constantFrom(0, 2_000, 3_000), clockStepMs: fc.constantFrom(0, 5_000) }),
    });
    const line = fc
      .tuple(
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom('orders-1', 'orders-2', 'orders-3'),
        fc.oneof(sql, receiver, senders, host, self),
      )
      .map(([second, member, one]) => ({
        ...one,
        type: 'observation',
        cluster: 'orders',
        member,
        at: given.toIso(T + second * 1_000),
      }));
    const header = { type: 'header', version: 1, witnesses, clusters: [topologyOf()] };
    const places = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 80, maxLength: 80 });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 80 }), places, (seen, order) => {
        const lines = seen.toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1));
        expect(
          play(
            header,
            shuffle(lines, (i) => order[i] ?? 0),
          ),
        ).toBe(play(header, lines));
      }),
      { numRuns: 150 },
    );
  });
});

describe('of two words of one time', () => {
  const header = { type: 'header', version: 1, witnesses, clusters: [topologyOf()] };
  const lineOf = ({ atMs, ...one }: Observation) => ({ type: 'observation', at: given.toIso(atMs), ...one });
  const about = (by: string, second: number, inRecovery: boolean): Observation => ({
    by,
    cluster: 'orders',
    member: 'orders-2',
    probe: 'sql',
    outcome: 'ok',
    atMs: T + second * 1_000,
    facts: { inRecovery, timeline: 1, startedAtMs: T },
  });

  it.each([
    ['w-b', 'w-c'],
    ['w-c', 'w-b'],
  ])('that a second member takes writes stands, whoever says it: %s', (sees, other) => {
    const seen = [0, 1, 2, 3, 4].flatMap((s) => [
      ...tell([s, s + 1], {}),
      about(sees, s, s < 2),
      about(other, s, true),
    ]);
    expect(play(header, seen.map(lineOf))).toContain('"verdict":"split-brain"');
  });

  it('a judgment at that time knows both', () => {
    const [first] = play(header, tell([0, 1], {}).map(lineOf)).split('\n');
    expect(first).toContain('"verdict":"healthy"');
  });
});
