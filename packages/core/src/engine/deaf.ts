// Witnesses and clients are heard over Redis alone. While the shell can't read there, their silence is not theirs, and a person
// who waits for them is told what to bring back.
import { sayDuration } from '../assessment/index.ts';
import type { Input } from './io.ts';
import type { EngineState } from './state.ts';

export function noteDeaf(state: EngineState, { deafSinceMs }: Extract<Input, { type: 'tick' }>): EngineState {
  return state.deafSinceMs === deafSinceMs ? state : { ...state, deafSinceMs };
}

/** To be added to a sentence about answers that are missing; empty while there is nothing to say. */
export function sayDeaf({ deafSinceMs }: EngineState, nowMs: number): string {
  if (deafSinceMs === undefined) return '';
  return ` Petrov’s Redis, over which they answer, has been out of reach for ${sayDuration(nowMs - deafSinceMs)}: bring it back first.`;
}
