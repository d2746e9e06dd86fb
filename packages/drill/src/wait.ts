// Waiting for a condition, always with a bound; what was seen last is told when the time is over.
import { setTimeout as pause } from 'node:timers/promises';
import { DrillError } from './errors.ts';

export type WaitOptions = {
  readonly what: string;
  readonly timeoutMs: number;
  readonly everyMs?: number;
  readonly signal?: AbortSignal | undefined;
};

/** Asks again and again until the answer is something other than undefined or false. A probe that throws is asked again. */
export async function waitUntil<T>(probe: () => Promise<T | undefined | false>, options: WaitOptions): Promise<T> {
  const untilMs = performance.now() + options.timeoutMs;
  let last: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer;
      last = undefined;
    } catch (error) {
      if (error instanceof DrillError && error.code === 'gave-up') throw error;
      last = error;
    }
    if (performance.now() > untilMs) {
      const because = last instanceof Error ? `; the last answer was: ${last.message}` : '';
      throw new DrillError('timed-out', `waited ${options.timeoutMs} ms for ${options.what}${because}`, last);
    }
    await pause(options.everyMs ?? 50, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}

/** The work's answer, or undefined when it isn't there in time; the work itself goes on. */
export async function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
