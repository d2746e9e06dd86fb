// For the crash-matrix drill: a process that built its own sandbox may be told to die by SIGKILL at one exact place, such
// as `before-journal:promote:started`, `after-journal:promote:started`, `during-act:promote`, `after-act:promote`.
import type { Effect } from '@petrov/core/engine';

export type CrashPoints = {
  readonly journal: (when: 'before' | 'after', effects: readonly Effect[]) => void;
  readonly act: (when: 'during' | 'after', step: string) => void;
};

/** `crashAt` comes from the environment; without a sandbox it's ignored. */
export function createCrashPoints(crashAt: string | undefined, hasSandbox: boolean): CrashPoints {
  const dieAt = (place: string, step: string, event: string) => {
    if (!hasSandbox || crashAt === undefined) return;
    const named = [step, step.split('-')[0] ?? step].map((name) => [place, name, event].filter(Boolean).join(':'));
    if (named.includes(crashAt)) process.kill(process.pid, 'SIGKILL');
  };
  return {
    journal: (when, effects) => {
      for (const effect of effects) {
        if (effect.type !== 'store' || effect.what !== 'journal') continue;
        const { event } = effect;
        dieAt(`${when}-journal`, 'step' in event ? event.step : 'run', event.type);
      }
    },
    act: (when, step) => dieAt(`${when}-act`, step, ''),
  };
}
