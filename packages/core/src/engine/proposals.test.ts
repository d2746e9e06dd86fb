// When a proposal is revised and when not: sources that miss a beat, evidence that comes, goes or turns, and an answer given
// in between. (Invariant I2)
import { createHash } from 'node:crypto';
import { T, tell, type Told, topologyOf, witnesses } from '@petrov/sim/cases';
import { describe, expect, it } from 'vitest';
import { type ClusterTopology, resolvePolicy } from '../cluster/index.ts';
import type { Observation } from '../observation/index.ts';
import { type DecisionInput, type Effect, type EngineState, initialState, step } from './index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const quiet = { status: 'connecting', stillSinceS: 20 } as const;
const isDead: Told = {
  reads: 'refused',
  host: 'absent',
  peers: 'refused',
  standbys: { 'orders-2': quiet, 'orders-3': quiet },
};
const ASKED_AT_S = 35;

class Play {
  state: EngineState;
  second = 0;
  readonly effects: Effect[] = [];

  constructor(topology: ClusterTopology = topologyOf()) {
    const clusters = [{ ...topology, policy: resolvePolicy({}) }];
    this.state = initialState({ witnesses, clusters, hash }, { clusters: [], proposals: [], runs: [] });
    this.until(20, () => tell([this.second, this.second + 1], { peers: 'ok', host: 'running' }));
    this.until(ASKED_AT_S, () => this.dead());
  }

  dead(more: Told = {}): readonly Observation[] {
    return tell([this.second, this.second + 1], { ...isDead, ...more });
  }

  until(second: number, observe: () => readonly Observation[]): void {
    for (; this.second < second; this.second += 1) {
      const nowMs = T + this.second * 1_000;
      this.#step({ type: 'observations', nowMs, observations: observe() });
      this.#step({ type: 'tick', nowMs });
    }
  }

  approve(): Extract<Effect, { type: 'reply' }> {
    return this.answer('approve');
  }

  answer(kind: DecisionInput['kind'], holdForMs?: number): Extract<Effect, { type: 'reply' }> {
    const decision: DecisionInput = {
      id: `d${this.second}`,
      kind,
      holdForMs,
      proposal: 'orders-p1',
      revision: this.proposal.revision.number,
      digests: this.proposal.revision.digests,
      actor: { id: 'ada', name: 'Ada', role: 'approver', via: 'console' },
      proof: { kind: 'session', sessionId: 's', signedInAtMs: T },
      reason: 'because',
      displayed: {},
    };
    const effects = this.#step({ type: 'decision', nowMs: T + (this.second - 1) * 1_000 + 500, decision });
    const reply = effects.find((e) => e.type === 'reply');
    if (reply?.type !== 'reply') throw new Error('no reply');
    return reply;
  }

  get proposal() {
    const proposal = this.state.clusters.get('orders')?.proposal;
    if (proposal === undefined) throw new Error('nothing was proposed');
    return proposal;
  }

  #step(input: Parameters<typeof step>[1]): readonly Effect[] {
    const stepped = step(this.state, input);
    this.state = stepped.state;
    this.effects.push(...stepped.effects);
    return stepped.effects;
  }
}

const without = (seen: readonly Observation[], ...sources: string[]) => seen.filter((o) => !sources.includes(o.by));

describe('a revision', () => {
  it('is not made of a beat that a source missed', () => {
    const play = new Play();
    play.until(60, () => (play.second % 8 < 6 ? without(play.dead(), 'agent:orders-2', 'w-c') : play.dead()));
    expect(play.proposal.revision.number).toBe(1);
  });

  it('is not made of an agent that tells of its host and, this once, not of its peers', () => {
    const play = new Play();
    const { peers: _, ...noPeers } = isDead;
    const agentSays = (): readonly Observation[] =>
      ['orders-2', 'orders-3'].map((member) => ({
        by: `agent:${member}`,
        cluster: 'orders',
        member,
        atMs: T + play.second * 1_000,
        probe: 'host',
        outcome: 'ok',
        facts: { postgres: 'running' },
      }));
    play.until(60, () =>
      play.second % 4 === 0 ? play.dead() : [...tell([play.second, play.second + 1], noPeers), ...agentSays()],
    );
    expect(play.proposal.revision.number).toBe(1);
  });

  it('is made of a source that stays silent, as unknown and not as vanished, and not again', () => {
    const play = new Play();
    play.until(60, () => without(play.dead(), 'agent:orders-2'));
    expect(play.proposal.revision.number).toBe(2);
    expect(play.proposal.revision.changes.join()).toMatch(/^now unknown, was evidence for: the agent on orders-2/);
  });

  it('is made at once of what counts against', () => {
    const play = new Play();
    play.until(ASKED_AT_S + 1, () => play.dead({ client: { succeeded: 3, failed: 5 } }));
    const before = play.proposal.revision.number;
    play.until(ASKED_AT_S + 2, () => play.dead({ peers: 'ok' }));
    expect(play.proposal.revision.number).toBe(before + 1);
    expect(play.proposal.revision.changes.join()).toContain('now evidence against, was evidence for');
  });
});

describe('a hold', () => {
  it('is over once: the question comes again, on a page', () => {
    const play = new Play();
    expect(play.answer('hold', 20_000).ok).toBe(true);
    const revised = () => play.effects.filter((e) => e.type === 'page' && e.page.event === 'revised').length;
    play.until(ASKED_AT_S + 19, () => play.dead());
    expect([play.proposal.revision.number, revised()]).toEqual([1, 0]);
    play.until(ASKED_AT_S + 60, () => play.dead());
    expect([play.proposal.revision.number, revised()]).toEqual([2, 1]);
    expect(play.proposal.revision.changes).toEqual(['the wait is over: the question stands']);
  });
});

describe('an approval', () => {
  it('counts while a source misses a beat', () => {
    const play = new Play();
    play.until(ASKED_AT_S + 6, () => without(play.dead(), 'agent:orders-2'));
    expect(play.approve().ok).toBe(true);
  });

  it('of what has changed since the revision is refused with what changed, and the next revision comes at once', () => {
    const play = new Play();
    play.until(ASKED_AT_S + 12, () => without(play.dead(), 'agent:orders-2'));
    const { number } = play.proposal.revision;
    play.until(ASKED_AT_S + 16, () => without(play.dead({ client: { succeeded: 0, failed: 9 } }), 'agent:orders-2'));
    expect(play.proposal.revision.number).toBe(number);
    const reply = play.approve();
    expect(reply).toMatchObject({ ok: false, code: 'evidence-changed' });
    expect(JSON.stringify(reply)).toContain('0 of 9 writes succeed');
    play.until(ASKED_AT_S + 17, () => without(play.dead({ client: { succeeded: 0, failed: 9 } }), 'agent:orders-2'));
    expect(play.proposal.revision.number).toBe(number + 1);
    expect(play.approve().ok).toBe(true);
  });
});
