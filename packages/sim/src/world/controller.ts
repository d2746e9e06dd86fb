// The engine's shell in the modelled world: stores, then takes the new state, then acts. It can be killed at any of these
// points; a new one knows what was stored. Writes down what people would read.
import { type Effect, type EngineConfig, type EngineState, initialState, type Input, step } from '@petrov/core/engine';
import { isEnded } from '@petrov/core/proposal';
import type { Death } from '@petrov/scenarios';
import type { Perform, Stored } from '../explore/model.ts';

export type Told = (who: string, says: string) => void;
export type Outside = {
  readonly act: (perform: Perform) => void;
  readonly ask: (nonce: string, forMs: number) => void;
  readonly tell: Told;
  /** Sees every step of the engine whose effects were stored. */
  readonly watch: (effects: readonly Effect[], input: Input, stored: Stored) => void;
};

export class Controller {
  readonly #config: EngineConfig;
  readonly #outside: Outside;
  readonly #death: Death | undefined;
  #state: EngineState | undefined;
  #points = { stores: 0, acts: 0 };
  stored: Stored = {};
  hasDied = false;

  constructor(config: EngineConfig, outside: Outside, death?: Death) {
    this.#config = config;
    this.#outside = outside;
    this.#death = death;
    this.start();
  }

  get state(): EngineState | undefined {
    return this.#state;
  }

  start(): void {
    const { record, proposal, run } = this.stored;
    this.#state = initialState(this.#config, {
      clusters: record === undefined ? [] : [record],
      proposals: proposal === undefined || isEnded(proposal.state) ? [] : [proposal],
      runs: run === undefined ? [] : [run],
    });
  }

  feed(input: Input): readonly Effect[] {
    if (this.#state === undefined) return [];
    const { state, effects } = step(this.#state, input);
    const isPoint = effects.some((e) => e.type === 'store' && (e.what === 'journal' || e.what === 'run'));
    if (isPoint) this.#points.stores += 1;
    if (isPoint && this.#diesAt('before-store', this.#points.stores)) return [];
    for (const effect of effects) this.#keep(effect);
    this.#outside.watch(effects, input, this.stored);
    if (isPoint && this.#diesAt('after-store', this.#points.stores)) return effects;
    this.#state = state;
    for (const effect of effects) this.#act(effect);
    return effects;
  }

  /** An act is through: before its answer is told the controller may die. */
  isKilledAfterAct(nth: number): boolean {
    return this.#diesAt('after-act', nth);
  }

  #act(effect: Effect): void {
    if (this.#state === undefined) return;
    if (effect.type === 'look') this.#outside.ask(effect.nonce, effect.forMs);
    if (effect.type !== 'perform') return;
    this.#points.acts += 1;
    if (effect.step.verb === 'look' || effect.step.verb === 'settle') this.#outside.ask(effect.nonce, 2_000);
    this.#outside.act(effect);
    this.#diesAt('during-act', this.#points.acts);
  }

  #diesAt(where: Death['where'], nth: number): boolean {
    if (this.hasDied || this.#death?.where !== where || this.#death.nth !== nth) return false;
    this.hasDied = true;
    this.#state = undefined;
    this.#outside.tell('controller', `killed (${where} ${nth})`);
    return true;
  }

  #keep(effect: Effect): void {
    if (effect.type === 'audit') this.#outside.tell(effect.entry.code, effect.entry.says);
    if (effect.type === 'page')
      this.#outside.tell('pager', `${effect.page.event} (${effect.page.urgency}): ${effect.page.summary}`);
    if (effect.type !== 'store') return;
    const { run } = this.stored;
    if (effect.what === 'cluster') this.stored = { ...this.stored, record: effect.record };
    else if (effect.what === 'proposal') this.stored = { ...this.stored, proposal: effect.proposal };
    else if (effect.what === 'run')
      this.stored = { ...this.stored, run: { ...effect.run, journal: run?.id === effect.run.id ? run.journal : [] } };
    else if (run !== undefined)
      this.stored = { ...this.stored, run: { ...run, journal: [...run.journal, effect.event] } };
  }
}
