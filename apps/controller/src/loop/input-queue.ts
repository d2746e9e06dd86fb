// What waits for the engine, in the order of arrival. Bounded: observations that meet observations become one input, only
// one tick ever waits, the oldest observations go first when there are too many; a decision or a result never goes.
import type { DecisionInput, RequestInput, StepResult } from '@petrov/core/engine';
import type { Observation } from '@petrov/core/observation';

export type Waiting =
  | { readonly type: 'observations'; observations: Observation[] }
  | { readonly type: 'tick'; loopLagMs: number }
  | { readonly type: 'decision'; readonly decision: DecisionInput }
  | { readonly type: 'request'; readonly request: RequestInput }
  | { readonly type: 'step-result'; readonly result: StepResult };

const OBSERVATIONS_MAX = 20_000;
const DECISIONS_MAX = 100;

export type InputQueue = {
  readonly observe: (observations: readonly Observation[]) => { dropped: number };
  readonly tick: (loopLagMs: number) => void;
  /** False when too many decisions wait. */
  readonly decide: (decision: DecisionInput) => boolean;
  /** The same for what a person asks for. */
  readonly request: (request: RequestInput) => boolean;
  readonly result: (result: StepResult) => void;
  /** Puts a result back to the front: its transaction failed, it comes again. */
  readonly again: (result: StepResult) => void;
  readonly take: () => Waiting | undefined;
};

export function createInputQueue(): InputQueue {
  const waiting: Waiting[] = [];
  let observationsWaiting = 0;
  const dropOldest = (): number => {
    let dropped = 0;
    while (observationsWaiting - dropped > OBSERVATIONS_MAX) {
      const oldest = waiting.find((one) => one.type === 'observations' && one.observations.length > 0);
      if (oldest?.type !== 'observations') break;
      dropped += oldest.observations.splice(0, observationsWaiting - dropped - OBSERVATIONS_MAX).length;
    }
    observationsWaiting -= dropped;
    return dropped;
  };
  const fromPerson = (one: Extract<Waiting, { type: 'decision' | 'request' }>): boolean => {
    const isFull = waiting.filter(({ type }) => type === one.type).length >= DECISIONS_MAX;
    if (!isFull) waiting.push(one);
    return !isFull;
  };
  return {
    observe: (observations) => {
      const last = waiting.at(-1);
      if (last?.type === 'observations') last.observations.push(...observations);
      else waiting.push({ type: 'observations', observations: [...observations] });
      observationsWaiting += observations.length;
      return { dropped: dropOldest() };
    },
    tick: (loopLagMs) => {
      const due = waiting.find((one) => one.type === 'tick');
      if (due) due.loopLagMs = Math.max(due.loopLagMs, loopLagMs);
      else waiting.push({ type: 'tick', loopLagMs });
    },
    decide: (decision) => fromPerson({ type: 'decision', decision }),
    request: (request) => fromPerson({ type: 'request', request }),
    result: (result) => waiting.push({ type: 'step-result', result }),
    again: (result) => waiting.unshift({ type: 'step-result', result }),
    take: () => {
      const first = waiting.shift();
      if (first?.type === 'observations') observationsWaiting -= first.observations.length;
      return first;
    },
  };
}
