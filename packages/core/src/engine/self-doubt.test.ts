// A controller whose own loop ran late saw less than it thinks: it asks nothing meanwhile, and says why on the record, once.
import { createHash } from 'node:crypto';
import { T, topologyOf, witnesses } from '@petrov/sim/cases';
import { expect, it } from 'vitest';
import { resolvePolicy } from '../cluster/index.ts';
import { type EngineState, initialState, step } from './index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const clusters = [{ ...topologyOf(), policy: resolvePolicy({}) }];

it('is recorded once for as long as it lasts, with how late the loop was', () => {
  let state: EngineState = initialState({ witnesses, clusters, hash }, { clusters: [], proposals: [], runs: [] });
  const tick = (atMs: number, loopLagMs: number) => {
    const stepped = step(state, { type: 'tick', nowMs: T + atMs, loopLagMs });
    state = stepped.state;
    return stepped.effects.flatMap((e) => (e.type === 'audit' && e.entry.code === 'P6004' ? [e.entry.says] : []));
  };
  expect([tick(0, 0), tick(5_000, 1_000)]).toEqual([[], []]);
  expect(state.doubtUntilMs).toBe(T + 3_000);
  expect(tick(6_000, 1_400)).toEqual([expect.stringContaining('its own loop ran 1.4 s late')]);
  expect(tick(9_000, 2_000)).toEqual([]);
  expect(state.doubtUntilMs).toBe(T + 19_000);
  expect(tick(19_000, 3_000)).toHaveLength(1);
});
