// The invariants of Petrov as seen from the world: by what the servers, the sources and the person really did. Each broken
// one is a sentence with its number.
import { digestOf, materialPlan } from '@petrov/core/approval';
import type { DecisionInput, Effect, Input } from '@petrov/core/engine';
import type { Plan } from '@petrov/core/plan';
import type { Observation } from '@petrov/core/observation';
import type { Stored } from '../explore/model.ts';
import { isWritable, type Servers } from './postgres.ts';

const FRESH_MS = 3_000;
/** From a look to what it guards it's not long in a world that answers. */
const LOOKED_MS = 1_000;
const badOutcomes = new Set(['refused', 'timeout', 'unreachable', 'starting-up']);

export class Promises {
  readonly broken: string[] = [];
  readonly #approvals: DecisionInput[] = [];
  readonly #heard = new Map<string, Observation>();
  /** When each was seen taking writes last. */
  readonly #ledAtMs = new Map<string, number>();
  readonly #promotedIn = new Set<number>();
  readonly #hash: (text: string) => string;

  constructor(hash: (text: string) => string) {
    this.#hash = hash;
  }

  hear(seen: Observation): void {
    this.#heard.set(`${seen.by}/${seen.member ?? ''}/${seen.probe}`, seen);
  }

  answer(decision: DecisionInput): void {
    if (decision.kind === 'approve') this.#approvals.push(decision);
  }

  watch(effects: readonly Effect[], input: Input, stored: Stored, servers: Servers): void {
    for (const effect of effects) {
      if (effect.type === 'store' && effect.what === 'proposal' && isBirth(effect.proposal))
        this.#checkBirth(effect.proposal.revision.plan, input.nowMs, servers);
      if (effect.type !== 'perform') continue;
      this.#must(
        effects.some((e) => e.type === 'audit'),
        'I10',
        `${effect.step.id} acts without an entry on the record`,
      );
      this.#checkPerform(effect, input.nowMs, stored);
    }
  }

  /** The world after each tenth of a second. */
  look(servers: Servers, nowMs: number): void {
    for (const { id } of servers.members.filter(isWritable)) this.#ledAtMs.set(id, nowMs);
    const writable = servers.members.filter((m) => isWritable(m) && !m.isForced).map((m) => m.id);
    this.#must(writable.length <= 1, 'I7', `${writable.join(' and ')} take writes at once`);
  }

  promoted(epoch: number, lostBytes: number, stored: Stored): void {
    this.#must(!this.#promotedIn.has(epoch), 'I8', `a second promotion in epoch ${epoch}`);
    this.#promotedIn.add(epoch);
    const capBytes = stored.run?.capBytes ?? 0;
    this.#must(lostBytes <= capBytes, 'I9', `${lostBytes} acknowledged bytes are lost, ${capBytes} were approved`);
  }

  get promotions(): number {
    return this.#promotedIn.size;
  }

  /** What a person asked for needs no failure; a failover that is proposed does. */
  #checkBirth({ primary, kind }: Plan, nowMs: number, servers: Servers): void {
    if (kind !== 'failover') return;
    const bad = [...this.#heard.values()].filter(
      (o) => o.member === primary && o.probe === 'sql' && badOutcomes.has(o.outcome) && nowMs - o.atMs < 6_000,
    );
    const witnesses = new Set(bad.map((o) => o.by));
    this.#must(witnesses.size >= 2, 'I4', `a question on the word of ${witnesses.size} witnesses that said something`);
    const others = [...this.#heard.values()].filter((o) => speaksOfDeath(o, primary) && nowMs - o.atMs < 6_000);
    this.#must(others.length > 0, 'I5', 'a question on the word of witnesses alone');
    const isAlive = servers.members.some((m) => m.id === primary && isWritable(m));
    this.#must(!isAlive, 'I6', `a question though ${primary} acknowledges writes`);
  }

  #checkPerform({ run, step, epoch }: Extract<Effect, { type: 'perform' }>, nowMs: number, stored: Stored): void {
    const approval = this.#approvals.find((a) => a.proposal === run.proposal && a.revision === run.revision);
    this.#must(approval?.actor.role === 'approver', 'I1', `${step.id} without the approval of an approver`);
    const digest = digestOf(materialPlan(run.plan), this.#hash);
    this.#must(digest === approval?.digests.plan, 'I2', `${step.id} of another plan than was approved`);
    const named = this.#approvals.filter((a) => a.proposal === run.proposal && a.overrides?.unfenced !== undefined);
    if (run.plan.fence.method === 'unfenced')
      this.#must(new Set(named.map((a) => a.actor.id)).size >= 2, 'I1', `${step.id} without a fence, by one person`);
    if (run.plan.kind === 'rejoin' && step.verb !== 'look' && !step.isFollowUp) {
      const ledAgoMs = nowMs - (this.#ledAtMs.get(run.plan.primary) ?? 0);
      const says = `${step.id} behind ${run.plan.primary}, which leads no more since ${ledAgoMs} ms`;
      this.#must(ledAgoMs <= LOOKED_MS, 'I3', says);
    }
    if (step.verb !== 'promote') return;
    if (run.plan.kind === 'switchover') {
      const fenced = run.journal.findLast((e) => e.type === 'done' && e.step === 'fence');
      const proof = fenced?.type === 'done' ? fenced.facts[run.plan.primary] : undefined;
      this.#must(proof?.controlState === 'shut down', 'I7', 'promote beside a primary that did not stop cleanly');
      return;
    }
    const attempt = stored.run?.journal.filter((e) => e.type === 'started' && e.step === 'settle').length ?? 0;
    const fresh = [...this.#heard.values()].filter(
      (o) =>
        o.member === run.plan.primary &&
        o.probe === 'sql' &&
        badOutcomes.has(o.outcome) &&
        o.nonce === `${run.id}/settle/${attempt}` &&
        nowMs - o.atMs <= FRESH_MS,
    );
    this.#must(fresh.length >= 2, 'I3', `promote on ${fresh.length} fresh answers to its settle`);
    this.#must(!this.#promotedIn.has(epoch) || attempt > 1, 'I8', 'promote sent again after it was done');
  }

  #must(holds: boolean, id: string, says: string): void {
    if (!holds && !this.broken.includes(`${id}: ${says}`)) this.broken.push(`${id}: ${says}`);
  }
}

function isBirth(proposal: { state: string; revision: { number: number } }): boolean {
  return proposal.state === 'open' && proposal.revision.number === 1;
}

/** A second kind: a host that says so, a peer that reaches nobody, a standby that lost its stream, clients that fail. */
function speaksOfDeath(seen: Observation, primary: string): boolean {
  if (seen.probe === 'host')
    return seen.member === primary ? seen.facts.postgres !== 'running' : (seen.facts.peers?.[primary] ?? 'ok') !== 'ok';
  if (seen.probe === 'canary') return seen.facts.failed > 0 && seen.facts.succeeded === 0;
  if (seen.probe !== 'wal-receiver') return false;
  return seen.facts?.status === 'connecting' || (seen.facts?.lastMessageAgeMs ?? 0) > 3_000;
}
