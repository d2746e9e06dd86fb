// The native driver: plain Postgres, with Petrov's own agents beside the members.
import type { Driver } from '../driver.ts';
import { fence, unfence } from '../../fences/index.ts';
import { awaitCommit } from './await-commit.ts';
import { dropPromotion } from './drop-promotion.ts';
import { dropOldSlots } from './drop-old-slots.ts';
import { fastForward } from './fast-forward.ts';
import { look } from './look.ts';
import { promote } from './promote.ts';
import { clone, rewind, startAsStandby } from './rejoin.ts';
import { repoint } from './repoint.ts';
import { dropSlots, makingSlots } from './slots.ts';
import { prepare, restoreSync } from './sync-names.ts';
import { verify } from './verify.ts';

export const native: Driver = {
  look,
  fence: makingSlots(fence),
  settle: look,
  promote,
  verify,
  repoint,
  'fast-forward': fastForward,
  prepare,
  'await-commit': awaitCommit,
  'drop-slots': dropSlots,
  'restore-sync': restoreSync,
  rewind,
  clone,
  'start-as-standby': startAsStandby,
  'drop-old-slots': dropOldSlots,
  unfence,
  'drop-promotion': dropPromotion,
};
