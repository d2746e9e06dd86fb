// Gathers what batches bring into one input of the engine each 20 ms; at once when something is bad.
import type { Observation } from '@petrov/core/observation';
import type { SignedBatch } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import type { Logger } from 'pino';
import type { Source } from './sources.ts';
import type { BatchTaker, Taken } from './take-batch.ts';

const GATHER_MS = 20;
const SAY_AGAIN_MS = 10_000;
const goodOutcomes: ReadonlySet<string> = new Set(['ok', 'declared', 'cleared']);

export type Intake = {
  readonly take: (source: Source, signed: SignedBatch) => Taken;
  /** When a source was last heard, on the monotonic clock. */
  readonly lastHeard: () => ReadonlyMap<string, number>;
  readonly stop: () => void;
};

type Deps = {
  readonly takeBatch: BatchTaker;
  readonly observe: (observations: readonly Observation[]) => void;
  readonly clock: Clock;
  readonly log: Logger;
};

export function createIntake(deps: Deps): Intake {
  const heard = new Map<string, number>();
  const saidAt = new Map<string, number>();
  let gathered: Observation[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered.length === 0) return;
    const observations = gathered;
    gathered = [];
    deps.observe(observations);
  };
  /** A source that goes on doing the same wrong thing is said once in a while, not each time. */
  const warn = (source: string, kind: string, says: string) => {
    const now = deps.clock.monotonicMs();
    const key = `${source}/${kind}`;
    if (now - (saidAt.get(key) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) return;
    saidAt.set(key, now);
    deps.log.warn({ source, kind, says }, 'a source was not believed');
  };
  return {
    take: (source, signed) => {
      const monotonicMs = deps.clock.monotonicMs();
      const taken = deps.takeBatch(source, signed, { nowMs: deps.clock.nowMs(), monotonicMs });
      if (!taken.ok) {
        warn(source.id, taken.why, taken.says);
        return taken;
      }
      heard.set(source.id, monotonicMs);
      for (const says of taken.refused) warn(source.id, 'sighting', says);
      if (taken.missed > 0 || taken.gapMs > 0) {
        deps.log.info({ source: source.id, missed: taken.missed, gapMs: taken.gapMs }, 'a source was away for a while');
      }
      gathered.push(...taken.observations);
      if (taken.observations.some(({ outcome }) => !goodOutcomes.has(outcome))) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
      return taken;
    },
    lastHeard: () => heard,
    stop: () => clearTimeout(timer),
  };
}
