// Sources may look less often than each second: how old a word may be and still count follows from the interval that a trace's
// header, or the configuration, says. A healthy cluster stays healthy between two looks, and a failure is proposed all the same.
import { T, tell, type Told, topologyOf, witnesses } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { freshnessMs, spanMs } from '../assessment/index.ts';
import { resolvePolicy } from '../cluster/index.ts';
import { replay, type ReplayLine } from './replay.ts';

const FAULT_S = 60;
const well: Told = { host: 'running', peers: 'ok', client: { succeeded: 9, failed: 0 } };
const lost = { status: 'connecting', stillSinceS: FAULT_S } as const;
const killed: Told = {
  reads: 'refused',
  host: 'absent',
  peers: 'refused',
  client: { succeeded: 0, failed: 9 },
  standbys: { 'orders-2': lost, 'orders-3': lost },
};
const silentAt = (second: number): Told => {
  const still = { stillSinceS: FAULT_S, ageMs: (second - FAULT_S) * 1_000 };
  return {
    reads: 'timeout',
    peers: 'timeout',
    client: { succeeded: 0, failed: 9 },
    standbys: { 'orders-2': still, 'orders-3': still },
  };
};
const given = {
  hash: (text: string) => text,
  parseAtMs: Date.parse,
  toIso: (ms: number) => new Date(ms).toISOString(),
};

/** What is answered to a trace whose sources look each `everyS` seconds, until `untilS`. */
function play(everyS: number, untilS: number, faultAt: (second: number) => Told, says: object = {}): string[] {
  const seconds = Array.from({ length: untilS / everyS }, (_, i) => i * everyS);
  const seen = seconds.flatMap((s) => tell([s, s + 1], s < FAULT_S ? well : faultAt(s)));
  const header = { type: 'header', version: 1, witnesses, clusters: [topologyOf()], ...says };
  const lines = seen.map(({ atMs, ...one }) => ({ type: 'observation', at: given.toIso(atMs), ...one }));
  return [
    ...replay(
      [header, ...lines].map((l) => JSON.stringify(l)),
      given,
    ),
  ].flatMap(word);
}
function word(line: ReplayLine): string[] {
  if (line.type !== 'assessment') return [];
  return [`${Math.ceil((Date.parse(line.at) - T) / 1_000)} s ${line.rule} ${line.action}`];
}

describe('sources that look each 10 s', () => {
  const each10s = { intervalMs: 10_000 };

  it('see a healthy cluster healthy between two looks', () => {
    expect(play(10, 200, () => well, each10s)).toEqual(['0 s healthy/answers none']);
  });

  it.each([
    ['killed', () => killed, 'primary-down/dead-answers'],
    ['frozen', (s: number) => ({ ...silentAt(s), host: 'stopped' as const }), 'primary-hung/frozen'],
    ['gone with its host', silentAt, 'primary-down/silence'],
  ])('propose a failover of one that is %s, once three of their looks failed', (_, faultAt, rule) => {
    const said = play(10, 140, faultAt, each10s);
    expect(said.at(-1)).toMatch(new RegExp(`^\\d+ s ${rule} propose-failover$`));
    expect(Number.parseInt(said.at(-1) ?? '', 10)).toBeLessThanOrEqual(FAULT_S + 20 + 10);
  });

  it('are not waited for where the trace says that they look each second', () => {
    expect(play(10, 100, () => well).join('\n')).toContain('inconclusive/no-reports');
  });
});

describe('freshness', () => {
  const watched = (intervalMs?: number, policyFreshnessMs = 5_000) => ({
    policy: resolvePolicy({ freshnessMs: policyFreshnessMs }),
    topology: { ...topologyOf(), ...(intervalMs === undefined ? {} : { intervalMs }) },
  });
  const all = (of: ReturnType<typeof watched>) =>
    (['tcp', 'sql', 'write', 'other'] as const).map((p) => freshnessMs(of, p));

  it('is two intervals or deadlines, the longer, and a second', () => {
    expect(all(watched())).toEqual([3_000, 5_000, 7_000, 5_000]);
    expect(all(watched(200))).toEqual([3_000, 5_000, 7_000, 5_000]);
    expect(all(watched(2_500))).toEqual([6_000, 6_000, 7_000, 6_000]);
    expect(all(watched(10_000))).toEqual([21_000, 21_000, 21_000, 21_000]);
    expect(all(watched(10_000, 10_000))).toEqual([42_000, 42_000, 42_000, 42_000]);
  });

  it('is the least that "just before" covers', () => {
    expect([spanMs(watched(), 10_000), spanMs(watched(10_000), 10_000)]).toEqual([10_000, 21_000]);
  });
});
