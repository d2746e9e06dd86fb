// The mass-failure brake: how many, how close together, which part of all; what it does to each, and that one page goes out.
import { createHash } from 'node:crypto';
import { T, tell, topologyOf, witnesses } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { type PolicyInput, resolvePolicy } from '../cluster/index.ts';
import type { Observation } from '../observation/index.ts';
import { type Effect, type EngineState, initialState, step } from './index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const quiet = { status: 'connecting', stillSinceS: 20 } as const;
const isDead = { reads: 'refused', host: 'absent', standbys: { 'orders-2': quiet, 'orders-3': quiet } } as const;

/** `count` clusters; `dying` tells at which second each dies, `alive` when each is back. */
function play(
  count: number,
  dying: readonly number[],
  more: { untilS?: number; alive?: readonly number[]; policy?: PolicyInput } = {},
) {
  const { untilS = 45, alive = [], policy } = more;
  const ids = Array.from({ length: count }, (_, i) => `c${i}`);
  const clusters = ids.map((id) => ({ ...topologyOf(), id, policy: resolvePolicy(policy ?? {}) }));
  let state: EngineState = initialState({ witnesses, clusters, hash }, { clusters: [], proposals: [], runs: [] });
  const effects: Effect[] = [];
  const verdicts = new Map<string, string[]>();
  for (let s = 0; s < untilS; s += 1) {
    const observations = ids.flatMap((id, i) => {
      const isOut = s >= (dying[i] ?? Infinity) && s < (alive[i] ?? Infinity);
      return tell([s, s + 1], isOut ? isDead : {}).map((o): Observation => ({ ...o, cluster: id }));
    });
    for (const input of [
      { type: 'observations', nowMs: T + s * 1_000, observations },
      { type: 'tick', nowMs: T + s * 1_000 },
    ] as const) {
      const stepped = step(state, input);
      state = stepped.state;
      effects.push(...stepped.effects);
    }
    for (const [id, c] of state.clusters) verdicts.set(id, [...(verdicts.get(id) ?? []), c.assessment?.verdict ?? '']);
  }
  const opened = effects.flatMap((e) =>
    e.type === 'store' && e.what === 'proposal' && e.proposal.revision.number === 1 && e.proposal.state === 'open'
      ? [e.proposal.cluster]
      : [],
  );
  const pages = effects.flatMap((e) => (e.type === 'page' ? [e.page] : []));
  return { state, opened: [...new Set(opened)], pages, verdicts };
}

describe('clusters that fail together', () => {
  it('three of five within 30 s: nobody is asked, one page for all', () => {
    const { opened, pages, verdicts, state } = play(5, [20, 20, 21]);
    expect(opened).toEqual([]);
    expect(verdicts.get('c0')?.at(-1)).toBe('common-cause');
    expect(pages.map((p) => [p.event, p.episode.startsWith('fleet-')])).toEqual([['warning', true]]);
    expect(state.fleet?.clusters).toEqual(['c0', 'c1', 'c2']);
  });

  it('two of five are two failures', () => {
    expect(play(5, [20, 20]).opened).toEqual(['c0', 'c1']);
  });

  it('three of eleven are fewer than 30 % of all', () => {
    expect(play(11, [20, 20, 20]).opened).toHaveLength(3);
    expect(play(10, [20, 20, 20]).opened).toEqual([]);
  });

  it('three more than 30 s apart are three failures', () => {
    const dwell = { dwellMs: { deadAnswers: 60_000, stopped: 60_000, hung: 60_000, silence: 60_000 } };
    const far = play(3, [20, 45, 55], { policy: dwell, untilS: 70 });
    expect(far.state.fleet).toBeUndefined();
    const near = play(3, [20, 35, 45], { policy: dwell, untilS: 70 });
    expect(near.state.fleet?.clusters).toHaveLength(3);
  });

  it('what was asked before stays asked, can’t be approved, and is not raised anew', () => {
    const { opened, pages, state } = play(3, [20, 30, 30]);
    expect(opened).toEqual(['c0']);
    expect(pages.filter((p) => p.event === 'raised')).toHaveLength(1);
    const proposal = state.clusters.get('c0')?.proposal;
    expect(proposal?.state).toBe('open');
    if (proposal === undefined) return;
    const decision = {
      id: 'd1',
      proposal: proposal.id,
      kind: 'approve',
      revision: proposal.revision.number,
      digests: proposal.revision.digests,
      actor: { id: 'ada', name: 'Ada', role: 'approver', via: 'console' },
      proof: { kind: 'session', sessionId: 's', signedInAtMs: T },
      reason: 'because',
      displayed: {},
    } as const;
    const { effects } = step(state, { type: 'decision', nowMs: T + 45_000, decision });
    expect(effects.find((e) => e.type === 'reply')).toMatchObject({ ok: false, code: 'common-cause' });
  });

  it('when the others are back the one that is truly dead is asked about, after a dwell of its own', () => {
    const { opened, pages, verdicts } = play(5, [20, 20, 20, 20, 20], {
      alive: [Infinity, 30, 30, 31, 31],
      untilS: 60,
    });
    expect(opened).toEqual(['c0']);
    expect(pages.map((p) => p.event)).toEqual(['warning', 'resolved', 'raised']);
    const raisedAt = verdicts.get('c0')?.lastIndexOf('common-cause') ?? 0;
    expect(raisedAt).toBeGreaterThan(28);
  });

  it('a heal in which one is back before the other raises nothing', () => {
    const { opened } = play(5, [20, 20, 20, 20, 20], { alive: [33, 33, 34, 35, 35], untilS: 60 });
    expect(opened).toEqual([]);
  });
});
