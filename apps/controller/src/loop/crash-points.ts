// For drills: a process that built its own sandbox may be told to die by SIGKILL at one exact place, such as
// `before-journal:promote:started`, `after-journal:promote:started`, `before-act:promote`, `during-act:promote`,
// `after-act:promote`; or to stop there by SIGSTOP, once, until somebody lets it go on. A look is asked before the entry that
// says it started is written: what is to be true when it looks has to happen at `before-act:look`.
import type { Effect } from '@petrov/core/engine';

export type CrashPoints = {
  readonly journal: (when: 'before' | 'after', effects: readonly Effect[]) => void;
  readonly act: (when: 'before' | 'during' | 'after', step: string) => void;
};

/** Places come from the environment; without a sandbox they're ignored. */
export type CrashPlaces = { readonly crashAt?: string | undefined; readonly stopAt?: string | undefined };

export function createCrashPoints({ crashAt, stopAt }: CrashPlaces, hasSandbox: boolean): CrashPoints {
  let hasStopped = false;
  /** A look may be ahead of the entry that says it started: it dies when that is written. */
  const started = new Set<string>();
  const ahead = new Map<string, () => void>();
  const dieAt = (place: string, step: string, event: string) => {
    if (!hasSandbox) return;
    const named = [step, step.split('-')[0] ?? step].map((name) => [place, name, event].filter(Boolean).join(':'));
    if (crashAt !== undefined && named.includes(crashAt)) process.kill(process.pid, 'SIGKILL');
    if (hasStopped || stopAt === undefined || !named.includes(stopAt)) return;
    hasStopped = true;
    process.kill(process.pid, 'SIGSTOP');
  };
  return {
    journal: (when, effects) => {
      for (const effect of effects) {
        if (effect.type !== 'store' || effect.what !== 'journal') continue;
        const { event } = effect;
        const step = 'step' in event ? event.step : 'run';
        dieAt(`${when}-journal`, step, event.type);
        if (when === 'before' || event.type !== 'started') continue;
        started.add(step);
        ahead.get(step)?.();
      }
    },
    act: (when, step) => {
      const die = () => dieAt(`${when}-act`, step, '');
      if (when === 'before' || started.has(step)) return die();
      const earlier = ahead.get(step);
      ahead.set(step, () => {
        earlier?.();
        die();
      });
    },
  };
}
