// Asks all witnesses of a cluster to look again. The question carries no power; without Redis it isn't heard, and the
// witnesses go on at their own pace.
import { LOOK_STREAM, type LookRequest } from '@petrov/core/wire';
import type { Redis } from '@petrov/runtime/redis';
import type { Logger } from 'pino';

const LOOKS_KEPT = 100;

export type AskLook = (look: Omit<LookRequest, 'v'>) => Promise<void>;

export function createAskLook(redis: Redis, log: Logger): AskLook {
  return async (look) => {
    const request: LookRequest = { v: 1, ...look };
    try {
      await redis.xadd(LOOK_STREAM, 'MAXLEN', '~', LOOKS_KEPT, '*', 'look', JSON.stringify(request));
    } catch (error) {
      log.warn({ err: error, cluster: look.cluster }, "the witnesses couldn't be asked to look again");
    }
  };
}
