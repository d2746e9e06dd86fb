// A failover of the set of three, approved and led as far as a test wants it: each look is answered by all witnesses with
// its nonce, each act as it's told.
import type { PolicyInput } from '@petrov/core/cluster';
import { nextStep } from '@petrov/core/journal';
import type { Observation } from '@petrov/core/observation';
import type { MemberFacts } from '@petrov/core/wire';
import { SYSTEM_ID, topologyOf, witnesses } from './index.ts';
import { dead, Play, well } from './play.ts';

export const proof: MemberFacts = { processesLeft: 0, fenced: true, standbySignal: true };
export const promoted: MemberFacts = { inRecovery: false, timeline: 2, systemIdentifier: SYSTEM_ID };

export class Failover extends Play {
  constructor(told = dead, policy: PolicyInput = {}) {
    super({}, well, topologyOf(), policy);
    this.until(40, told);
    this.answer('approve');
  }

  /** What is read of a standby at a look. */
  get standby(): MemberFacts {
    const { plan } = this.performed.run;
    const { timeline, systemIdentifier, candidateLsn } = plan;
    return { inRecovery: true, timeline, systemIdentifier, receivedLsn: candidateLsn };
  }

  /** The look or settle that is asked for now finds all as planned. */
  look(facts: Readonly<Record<string, MemberFacts>> = { 'orders-2': this.standby, 'orders-3': this.standby }): void {
    const { nonce } = this.performed;
    const seen = { cluster: 'orders', member: 'orders-1', probe: 'sql', outcome: 'refused', latencyMs: 2 } as const;
    this.end('done', facts);
    this.until(this.second + 1, dead, (atMs) =>
      witnesses.map(({ id }): Observation => ({ ...seen, by: id, atMs, nonce })),
    );
  }

  fence(): void {
    this.look();
    this.end('done', { 'orders-1': proof });
  }

  promote(): void {
    this.fence();
    this.look();
    this.end('done', { 'orders-2': promoted });
  }

  /** The act that is under way ends so as often as it's tried, with the looks between; until the run is stuck or goes on. */
  endEach(state: 'refused' | 'ambiguous'): void {
    const { id } = this.performed.step;
    while (this.isRunning) {
      const { verb, id: now } = this.performed.step;
      if (now === id) this.end(state);
      else if (verb === 'look' || verb === 'settle') this.look();
      else return;
    }
  }

  /** What giving up takes back besides, at the candidate. */
  endGivingBack(): void {
    while (this.isRunning && this.performed.step.isFollowUp) this.end('done');
  }

  get isRunning(): boolean {
    const { run } = this.cluster;
    return run !== undefined && nextStep(run, this.nowMs).kind === 'wait';
  }
}
