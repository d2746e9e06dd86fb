// Whether users are hurt: canaries on the application's own path.
import type { CanaryMemory } from '../../observation/index.ts';
import { type Case, freshnessMs } from '../case.ts';

export type ClientFinding = {
  readonly source: string;
  readonly canary: CanaryMemory;
  readonly isFresh: boolean;
  readonly isFailing: boolean;
  /** Most of its writes succeed. */
  readonly isServed: boolean;
};

export function findClients(given: Case): readonly ClientFinding[] {
  return [...given.memory.canaries].map(([source, canary]) => {
    const isFresh = given.nowMs - canary.atMs <= freshnessMs(given, 'other');
    return {
      source,
      canary,
      isFresh,
      isFailing: isFresh && canary.failed > 0 && canary.succeeded === 0,
      isServed: isFresh && canary.succeeded > canary.failed,
    };
  });
}
