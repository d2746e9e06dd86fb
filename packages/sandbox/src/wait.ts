// Waiting for a condition, always with a bound; and the two clocks that stamp faults and acknowledged writes.
import { setTimeout as pause } from 'node:timers/promises';
import { SandboxError } from './errors.ts';

export interface WaitOptions {
  readonly what: string;
  readonly timeoutMs: number;
  readonly everyMs?: number;
}

/** Asks `probe` again and again until it answers something other than undefined or false. */
export async function waitFor<T>(probe: () => Promise<T | undefined | false>, options: WaitOptions): Promise<T> {
  const until = monotonicMs() + options.timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
    } catch (error) {
      if (error instanceof SandboxError && error.code === 'gave-up') throw error;
      last = error;
    }
    if (monotonicMs() > until) {
      const because = last instanceof Error ? `; last answer: ${last.message}` : '';
      throw new SandboxError('timed-out', `waited ${options.timeoutMs} ms for ${options.what}${because}`, last);
    }
    await pause(options.everyMs ?? 20);
  }
}

/** The system's monotonic clock: comparable between processes of one machine, meaningless elsewhere. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
