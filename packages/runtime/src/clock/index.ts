// Two clocks: the wall clock for people and records (it may jump), the monotonic one for every timeout and duration.
import { performance } from 'node:perf_hooks';

export type Clock = {
  /** Epoch milliseconds; may step. */
  nowMs(): number;
  /** Milliseconds that only grow; meaningless on another machine. */
  monotonicMs(): number;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
