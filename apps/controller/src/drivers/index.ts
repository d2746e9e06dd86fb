// Performs a step by its cluster's driver. Always answers, within the step's deadline and a little: an error or a driver
// that hangs is ambiguous.
import { sayDuration } from '@petrov/core/assessment';
import type { StepResult } from '@petrov/core/engine';
import type { DriverDeps, Perform } from './driver.ts';
import { native } from './native/index.ts';

const GRACE_MS = 2_000;

export async function perform(deps: DriverDeps, effect: Perform): Promise<StepResult> {
  const { step, run, attempt } = effect;
  const { promise: late, resolve } = Promise.withResolvers<Awaited<ReturnType<(typeof native)['look']>>>();
  const timer = setTimeout(
    () =>
      resolve({
        state: 'ambiguous',
        says: `${step.says}: no answer within ${sayDuration(step.deadlineMs)}.`,
        facts: {},
      }),
    step.deadlineMs + GRACE_MS,
  );
  try {
    const answered = await Promise.race([native[step.verb](deps, effect), late]);
    return { run: run.id, step: step.id, attempt, ...answered };
  } finally {
    clearTimeout(timer);
  }
}
