// The engine's shell: takes inputs one by one, steps, commits, takes the new state, answers, tells, then acts and feeds
// each result back. Nothing is acted whose transaction didn't commit; a failed one leaves the old state as it was. Only a
// step that merely looks is begun while its entry is being written: it changes nothing, and what it finds is taken, or
// passed over, after the transaction.
import {
  type DecisionInput,
  type Effect,
  type Input,
  isLooking,
  type RequestInput,
  type StepResult,
} from '@petrov/core/engine';
import type { Observation } from '@petrov/core/observation';
import type { Logger } from 'pino';
import type { ControllerEvent } from '../api/deps.ts';
import { StoreLost } from '../store/statements/engine-owner.ts';
import type { StoredReply } from '../store/statements/decisions.ts';
import type { Committer } from './committer.ts';
import { eventsOf } from './events.ts';
import { createInputQueue, type Waiting } from './input-queue.ts';

export const TICK_MS = 200;
const RETRY_RESULT_MS = 200;

export type Reply = Extract<Effect, { type: 'reply' }>;
export type Act = Extract<Effect, { type: 'look' | 'perform' }>;

export type LoopDeps<State> = {
  readonly step: (state: State, input: Input) => { readonly state: State; readonly effects: readonly Effect[] };
  readonly initial: State;
  readonly commit: Committer;
  /** A `perform` answers with its result; a `look` with nothing. Bounded by itself. */
  readonly act: (act: Act) => Promise<StepResult | undefined>;
  /** The reply given earlier to this id. */
  readonly findReply: (decision: DecisionInput) => Promise<Reply>;
  readonly onCommitted: (told: { readonly events: readonly ControllerEvent[]; readonly pages: number }) => void;
  /** Each outcome of a transaction: how the shell knows that it went blind. */
  readonly onStore: (error: unknown) => void;
  readonly clock: { readonly nowMs: () => number; readonly monotonicMs: () => number };
  readonly log: Logger;
};

export class EngineLoop<State> {
  readonly #deps: LoopDeps<State>;
  readonly #queue = createInputQueue();
  readonly #answers = new Map<string, (reply: Reply) => void>();
  #state: State;
  #running: Promise<void> | undefined;
  #timers: { ticker?: NodeJS.Timeout; retry?: NodeJS.Timeout } = {};
  #isStopped = false;

  constructor(deps: LoopDeps<State>) {
    this.#deps = deps;
    this.#state = deps.initial;
  }

  getState(): State {
    return this.#state;
  }

  start(): void {
    const { clock } = this.#deps;
    let dueAt = clock.monotonicMs() + TICK_MS;
    this.#timers.ticker = setInterval(() => {
      const now = clock.monotonicMs();
      this.#queue.tick(Math.max(0, now - dueAt));
      dueAt = now + TICK_MS;
      this.#pump();
    }, TICK_MS);
  }

  observe(observations: readonly Observation[]): void {
    const { dropped } = this.#queue.observe(observations);
    if (dropped > 0) this.#deps.log.warn({ dropped }, 'too many observations wait: the oldest were dropped');
    this.#pump();
  }

  /** Resolves with the engine's answer when the transaction of its step is through; never rejects. */
  submitDecision(decision: DecisionInput): Promise<Reply> {
    return this.#submit(decision.id, () => this.#queue.decide(decision));
  }

  /** The same for what a person asks for. */
  submitRequest(request: RequestInput): Promise<Reply> {
    return this.#submit(request.id, () => this.#queue.request(request));
  }

  #submit(id: string, queue: () => boolean): Promise<Reply> {
    if (this.#isStopped) return Promise.resolve(refuse(id, 'stopping'));
    if (this.#answers.has(id)) return Promise.resolve(refuse(id, 'in-flight'));
    if (!queue()) return Promise.resolve(refuse(id, 'busy'));
    const { promise, resolve } = Promise.withResolvers<Reply>();
    this.#answers.set(id, resolve);
    this.#pump();
    return promise;
  }

  /** Resolves when the input in hand is through; what waits is dropped, decisions are refused. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timers.ticker);
    clearTimeout(this.#timers.retry);
    await this.#running;
    for (const id of this.#answers.keys()) this.#answer(refuse(id, 'stopping'));
  }

  #pump(): void {
    if (this.#isStopped) return;
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined;
    });
  }

  async #drain(): Promise<void> {
    for (let next = this.#queue.take(); next && !this.#isStopped; next = this.#queue.take()) {
      const isThrough = await this.#takeOne(next);
      if (isThrough || next.type !== 'step-result') continue;
      this.#queue.again(next.result);
      this.#timers.retry = setTimeout(() => this.#pump(), RETRY_RESULT_MS);
      return;
    }
  }

  /** False when its transaction failed: the old state stays. */
  async #takeOne(waiting: Waiting): Promise<boolean> {
    const decision = waiting.type === 'decision' ? waiting.decision : undefined;
    const askedBy = waiting.type === 'request' ? waiting.request.id : decision?.id;
    const stepped = this.#step(waiting);
    if (!stepped) {
      if (askedBy !== undefined) this.#answer(refuse(askedBy, 'bug'));
      return true;
    }
    const { state, effects, nowMs } = stepped;
    const reply = askedBy === undefined ? undefined : findReply(effects, askedBy);
    for (const effect of effects) if (isQuestion(effect)) this.#act(effect);
    try {
      const committed = await this.#deps.commit({
        effects,
        decision: decision && reply && { input: decision, reply: toStored(reply) },
        nowMs,
      });
      this.#deps.onStore(undefined);
      if (!committed.ok) {
        if (decision) this.#answer(await this.#deps.findReply(decision));
        return true;
      }
      this.#state = state;
      if (reply) this.#answer(reply);
      this.#deps.onCommitted({ events: eventsOf(effects, committed.audit), pages: committed.pages });
      for (const effect of effects) if (isAct(effect) && !isQuestion(effect)) this.#act(effect);
      return true;
    } catch (error) {
      this.#deps.onStore(error);
      if (askedBy !== undefined) this.#answer(storeFailed(askedBy, error));
      return false;
    }
  }

  /** An engine that throws is a bug: the input is dropped, the state and the journal stay as they were. */
  #step(waiting: Waiting) {
    const { clock } = this.#deps;
    const input = { ...toInput(waiting, clock.nowMs()), steadyMs: clock.monotonicMs() };
    try {
      return { ...this.#deps.step(this.#state, input), nowMs: input.nowMs };
    } catch (error) {
      this.#deps.log.error({ err: error, input: waiting.type }, 'the engine failed at an input: this is a bug');
      return undefined;
    }
  }

  #answer(reply: Reply): void {
    this.#answers.get(reply.to)?.(reply);
    this.#answers.delete(reply.to);
  }

  #act(effect: Act): void {
    const ended = (result: StepResult | undefined) => {
      if (!result || this.#isStopped) return;
      this.#queue.result(result);
      this.#pump();
    };
    this.#deps.act(effect).then(ended, (error: unknown) => {
      this.#deps.log.error({ err: error, act: effect.type }, 'an act ended in an error');
      ended(effect.type === 'perform' ? broken(effect, error) : undefined);
    });
  }
}

function isAct(effect: Effect): effect is Act {
  return effect.type === 'look' || effect.type === 'perform';
}

function isQuestion(effect: Effect): effect is Extract<Act, { type: 'perform' }> {
  return effect.type === 'perform' && isLooking(effect.step);
}

function toInput(waiting: Waiting, nowMs: number): Input {
  switch (waiting.type) {
    case 'observations':
      return { type: 'observations', nowMs, observations: waiting.observations };
    case 'tick':
      return { type: 'tick', nowMs, loopLagMs: waiting.loopLagMs };
    case 'decision':
      return { type: 'decision', nowMs, decision: waiting.decision };
    case 'request':
      return { type: 'request', nowMs, request: waiting.request };
    case 'step-result':
      return { type: 'step-result', nowMs, result: waiting.result };
  }
}

function toStored(reply: Reply): StoredReply {
  return reply.ok ? { ok: true, says: reply.says } : { ok: false, code: reply.code, says: reply.says };
}

function findReply(effects: readonly Effect[], id: string): Reply {
  return (
    effects.find((effect): effect is Reply => effect.type === 'reply' && effect.to === id) ?? refuse(id, 'no-answer')
  );
}

const refusals = {
  stopping: 'The controller is stopping: nothing was recorded and nothing was done.',
  'in-flight': 'The same decision is being recorded at this moment: look again in a second.',
  busy: 'Too many decisions wait: nothing was recorded. Try again.',
  bug: 'The engine failed at this decision: nothing was recorded and nothing was done. This is a bug of Petrov; report it.',
  'no-answer': 'The engine gave no answer to this decision: nothing was done. This is a bug of Petrov; report it.',
} as const;

function refuse(to: string, code: keyof typeof refusals): Reply {
  return { type: 'reply', to, ok: false, code, says: refusals[code] };
}

function storeFailed(to: string, error: unknown): Reply {
  if (error instanceof StoreLost) return { type: 'reply', to, ok: false, code: error.code, says: error.message };
  const why = error instanceof Error ? error.message : String(error);
  const says = `Petrov's own store doesn't take writes (${why}). What can't be recorded isn't decided: nothing was done. Try again when the store is back.`;
  return { type: 'reply', to, ok: false, code: 'store-unavailable', says };
}

function broken(effect: Extract<Act, { type: 'perform' }>, error: unknown): StepResult {
  const why = error instanceof Error ? error.message : String(error);
  const says = `The controller failed at it, and can't tell whether it was done: ${why}`;
  return { run: effect.run.id, step: effect.step.id, attempt: effect.attempt, state: 'ambiguous', says, facts: {} };
}
