// Who is believed to be the primary, and of which system: what the record of before still says of it, and what not.
import { createHash } from 'node:crypto';
import { lsnAt, SYSTEM_ID, T, tell, topologyOf, witnesses } from '@petrov/sim/cases';
import { expect, it } from 'vitest';
import { resolvePolicy } from '../cluster/index.ts';
import type { Observation } from '../observation/index.ts';
import { type ClusterRecord, type Effect, initialState, step } from './index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const quiet = { status: 'connecting', stillSinceS: 20 } as const;
const dead = { reads: 'refused', host: 'absent', standbys: { 'orders-2': quiet, 'orders-3': quiet } } as const;

/** Healthy for 20 s, then dead, after a promotion a minute before; of which system, the record tells. */
function play(systemIdentifier: string) {
  const clusters = [{ ...topologyOf(), policy: resolvePolicy({}) }];
  const record: ClusterRecord = {
    cluster: 'orders',
    epoch: 4,
    primary: 'orders-1',
    timeline: 1,
    systemIdentifier,
    proposalsOpened: 1,
    lastPromotionAtMs: T - 60_000,
    rejectedCase: [],
  };
  let state = initialState({ witnesses, clusters, hash }, { clusters: [record], proposals: [], runs: [] });
  const effects: Effect[] = [];
  for (let s = 0; s < 40; s += 1) {
    const nowMs = T + s * 1_000;
    for (const input of [
      { type: 'observations', nowMs, observations: tell([s, s + 1], s < 20 ? {} : dead) },
      { type: 'tick', nowMs },
    ] as const) {
      const stepped = step(state, input);
      state = stepped.state;
      effects.push(...stepped.effects);
    }
  }
  const codes = effects.flatMap((e) => (e.type === 'audit' ? [e.entry.code] : []));
  return { cluster: state.clusters.get('orders'), codes };
}

it('a system made anew under the same names has no cool-down from the one before', () => {
  const { cluster, codes } = play('7100000000000000009');
  expect(cluster?.record.systemIdentifier).toBe(SYSTEM_ID);
  expect(codes.filter((code) => code === 'P1003')).toHaveLength(1);
  expect(cluster?.proposal).toMatchObject({ state: 'open', id: 'orders-p2' });
});

it('the same system has one', () => {
  const { cluster, codes } = play(SYSTEM_ID);
  expect(codes).not.toContain('P1003');
  expect(cluster?.proposal).toBeUndefined();
  expect(cluster?.assessment?.rule).toMatch(/cool-down$/);
});

/** Healthy; then `by` say that orders-3 is out of recovery on timeline 2, and perhaps that it takes no new session. */
function adopted(by: readonly string[], isFull = false) {
  const clusters = [{ ...topologyOf(), policy: resolvePolicy({}) }];
  let state = initialState({ witnesses, clusters, hash }, { clusters: [], proposals: [], runs: [] });
  for (let s = 0; s < 30; s += 1) {
    const nowMs = T + s * 1_000;
    const others = by.flatMap((id): Observation[] => {
      const facts = { inRecovery: false, timeline: 2, lsn: lsnAt(s), systemId: SYSTEM_ID };
      const of = { by: id, cluster: 'orders', member: 'orders-3', probe: 'sql' } as const;
      const full = { ...of, outcome: 'too-many-connections', atMs: nowMs, facts: { session: 'new' } } as const;
      return [{ ...of, outcome: 'ok', atMs: nowMs - 5, facts }, ...(isFull ? [full] : [])];
    });
    const observations = s < 20 ? tell([s, s + 1], {}) : [...tell([s, s + 1], { reads: 'refused' }), ...others];
    state = step(state, { type: 'observations', nowMs, observations }).state;
    state = step(state, { type: 'tick', nowMs }).state;
  }
  return state.clusters.get('orders')?.record.primary;
}

it('a promotion by somebody else is adopted when most witnesses see it, never on the word of one (I5)', () => {
  expect(adopted(['w-a'])).toBe('orders-1');
  expect(adopted(['w-a', 'w-b'])).toBe('orders-3');
});

it('it is adopted though all its slots are taken: the sessions that witnesses keep see it', () => {
  expect(adopted(['w-a', 'w-b'], true)).toBe('orders-3');
});
