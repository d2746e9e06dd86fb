// The controller doubts itself as it doubts a witness: just started, or its own loop late. Who doubts himself asks and begins
// nothing; that's on the record, or nobody could tell a year later why a page came late.
import { sayDuration } from '../assessment/index.ts';
import { auditEngine } from './entries.ts';
import type { Input } from './io.ts';
import type { EngineState } from './state.ts';
import type { Stepped } from './step.ts';

const LOOP_LAG_MAX_MS = 1_000;
const BELIEVES_ITSELF_AFTER_MS = 10_000;
const JUST_STARTED_MS = 3_000;

export function doubtItself(state: EngineState, input: Extract<Input, { type: 'tick' }>): Stepped {
  const { nowMs, loopLagMs = 0 } = input;
  if (state.startedAtMs === undefined) {
    const started = { startedAtMs: nowMs, doubtUntilMs: nowMs + JUST_STARTED_MS, doubtBecause: 'it has just started' };
    return { state: { ...state, ...started }, effects: [] };
  }
  if (loopLagMs <= LOOP_LAG_MAX_MS) return { state, effects: [] };
  const doubtBecause = `its own loop ran ${sayDuration(loopLagMs)} late`;
  const next = { ...state, doubtUntilMs: nowMs + BELIEVES_ITSELF_AFTER_MS, doubtBecause };
  const isGoingOn = nowMs < state.doubtUntilMs;
  const says = `Petrov doubts itself: ${doubtBecause}. Until that has been over for ${sayDuration(BELIEVES_ITSELF_AFTER_MS)} it asks and begins nothing.`;
  return {
    state: next,
    effects: isGoingOn
      ? []
      : [auditEngine('P6004', says, { atMs: nowMs, payload: { loopLagMs: Math.round(loopLagMs) } })],
  };
}
