// A set of three that is told of second by second, with the engine behind it: for tests of what people ask and answer.
import { createHash } from 'node:crypto';
import { type PolicyInput, resolvePolicy } from '@petrov/core/cluster';
import {
  type ClusterRecord,
  type DecisionInput,
  type Effect,
  type EngineState,
  initialState,
  type RequestInput,
  step,
  type StepResult,
} from '@petrov/core/engine';
import type { Observation } from '@petrov/core/observation';
import type { MemberFacts } from '@petrov/core/wire';
import { T, tell, type Told, topologyOf, witnesses } from './index.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const record: ClusterRecord = { cluster: 'orders', epoch: 4, primary: 'orders-1', proposalsOpened: 0, timeline: 1 };
export const well: Told = { host: 'running', peers: 'ok', client: { succeeded: 50, failed: 0 } };
export const quiet = { status: 'connecting', stillSinceS: 20 } as const;
export const dead: Told = {
  reads: 'refused',
  host: 'absent',
  peers: 'refused',
  standbys: { 'orders-2': quiet, 'orders-3': quiet },
};

export class Play {
  state: EngineState;
  second = 0;
  readonly effects: Effect[] = [];
  #answers = 0;

  constructor(kept: Partial<ClusterRecord> = {}, told: Told = well, topology = topologyOf(), policy: PolicyInput = {}) {
    const clusters = [{ ...topology, policy: resolvePolicy(policy) }];
    const restored = { clusters: [{ ...record, ...kept }], proposals: [], runs: [] };
    this.state = initialState({ witnesses, clusters, hash }, restored);
    this.until(20, told);
  }

  /** `more` is told instead of what the same source would tell of the same, by `told`. */
  until(second: number, told: Told, more: (atMs: number) => readonly Observation[] = () => []): void {
    for (; this.second < second; this.second += 1) {
      const nowMs = T + this.second * 1_000;
      const instead = more(nowMs);
      const others = tell([this.second, this.second + 1], told).filter((one) => !instead.some((o) => isAbout(o, one)));
      const observations = [...others, ...instead];
      this.feed({ type: 'observations', nowMs, observations });
      this.feed({ type: 'tick', nowMs });
    }
  }

  ask(asked: Partial<RequestInput> = {}): Extract<Effect, { type: 'reply' }> {
    const { nowMs } = this;
    const actor = { id: 'ada', name: 'Ada', role: 'operator', via: 'cli' } as const;
    const proof = { kind: 'session', sessionId: 's', signedInAtMs: T } as const;
    const by = { id: 'q1', cluster: 'orders', kind: 'switchover', actor, proof, reason: 'patching.' } as const;
    return this.replyTo({ type: 'request', nowMs, request: { ...by, ...asked } }, asked.id ?? 'q1');
  }

  answer(kind: DecisionInput['kind'], given: Partial<DecisionInput> = {}): Extract<Effect, { type: 'reply' }> {
    const { proposal, nowMs } = this;
    if (proposal === undefined) throw new Error('nothing is asked');
    const decision = {
      id: `d${(this.#answers += 1)}`,
      kind,
      proposal: proposal.id,
      revision: proposal.revision.number,
      digests: proposal.revision.digests,
      actor: { id: 'bob', name: 'Bob', role: 'approver', via: 'console' },
      proof: { kind: 'session', sessionId: 's', signedInAtMs: T },
      reason: 'go on',
      displayed: {},
      ...given,
    } as const;
    return this.replyTo({ type: 'decision', nowMs, decision }, decision.id);
  }

  /** Another process takes over, with what was stored, or somebody made of it. */
  restart(proposal = this.proposal, run = this.cluster.run): void {
    const { record } = this.cluster;
    const restored = {
      clusters: [record],
      proposals: proposal === undefined ? [] : [proposal],
      runs: run === undefined ? [] : [run],
    };
    this.state = initialState(this.state.config, restored);
  }

  feed(input: Parameters<typeof step>[1]): void {
    const stepped = step(this.state, input);
    this.state = stepped.state;
    this.effects.push(...stepped.effects);
  }

  replyTo(input: Parameters<typeof step>[1], id: string): Extract<Effect, { type: 'reply' }> {
    this.feed(input);
    const reply = this.effects.findLast((e) => e.type === 'reply' && e.to === id);
    if (reply?.type !== 'reply') throw new Error('no reply');
    return reply;
  }

  /** The newest step that was performed ends so. */
  end(state: StepResult['state'], facts: Readonly<Record<string, MemberFacts>> = {}): void {
    const { run, step: of, attempt } = this.performed;
    const result: StepResult = { run: run.id, step: of.id, attempt, state, says: `${of.id} is ${state}.`, facts };
    this.feed({ type: 'step-result', nowMs: this.nowMs, result });
  }

  get performed(): Extract<Effect, { type: 'perform' }> {
    const last = this.effects.findLast((e) => e.type === 'perform');
    if (last?.type !== 'perform') throw new Error('nothing was performed');
    return last;
  }
  get nowMs(): number {
    return T + (this.second - 1) * 1_000;
  }
  get cluster() {
    const cluster = this.state.clusters.get('orders');
    if (cluster === undefined) throw new Error('no cluster');
    return cluster;
  }
  get proposal() {
    return this.cluster.proposal;
  }
  codes(): string[] {
    return this.effects.flatMap((e) => (e.type === 'audit' ? [e.entry.code] : []));
  }
}

function isAbout(one: Observation, other: Observation): boolean {
  return one.by === other.by && one.probe === other.probe && one.member === other.member;
}
