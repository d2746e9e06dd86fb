// Knows whether the store still takes what the engine must record: from each transaction, and by asking while there is
// none. After ten seconds without it the controller is blind, and says so without the store.
import type { Logger } from 'pino';
import { StoreLost } from '../store/statements/engine-owner.ts';

const BLIND_AFTER_MS = 10_000;
const ASK_EACH_MS = 2_000;

export type StoreWatch = {
  /** After each transaction: what it failed with, or nothing. */
  readonly note: (error: Error | undefined) => void;
  readonly start: () => void;
  readonly stop: () => void;
};

type Deps = {
  /** A small write to the store that only its owner can make. */
  readonly ask: () => Promise<unknown>;
  readonly onBlind: (blind: { readonly forMs: number; readonly why: string }) => void;
  readonly onSeeing: (blindForMs: number) => void;
  /** Another controller owns the store: this one must end. */
  readonly onLost: (error: StoreLost) => void;
  readonly monotonicMs: () => number;
  readonly log: Logger;
};

export function createStoreWatch(deps: Deps): StoreWatch {
  let failingSince: number | undefined;
  let isBlind = false;
  let timer: NodeJS.Timeout | undefined;
  let asking = false;

  const note = (error: Error | undefined) => {
    const now = deps.monotonicMs();
    if (error instanceof StoreLost) return deps.onLost(error);
    if (error === undefined) {
      if (isBlind) deps.onSeeing(now - (failingSince ?? now));
      failingSince = undefined;
      isBlind = false;
      return;
    }
    if (failingSince === undefined)
      deps.log.warn({ err: error }, 'a transaction of the store failed: nothing was acted');
    failingSince ??= now;
    if (isBlind || now - failingSince < BLIND_AFTER_MS) return;
    isBlind = true;
    deps.onBlind({ forMs: now - failingSince, why: error.message });
  };
  const ask = async () => {
    if (asking) return;
    asking = true;
    try {
      await deps.ask();
      note(undefined);
    } catch (error) {
      note(toError(error));
    } finally {
      asking = false;
    }
  };
  return {
    note,
    start: () => {
      timer = setInterval(() => void ask(), ASK_EACH_MS);
    },
    stop: () => clearInterval(timer),
  };
}

export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
