// All disturbances. A new one: its file, and one line here.
import { agentGoOn } from './agent-go-on.ts';
import { agentKill } from './agent-kill.ts';
import { agentStop } from './agent-stop.ts';
import { blockReplay } from './block-replay.ts';
import { controllerGoOn } from './controller-go-on.ts';
import type { Disturbance } from './disturbance.ts';
import { diverge } from './diverge.ts';
import { flushRedis } from './flush-redis.ts';
import { heal } from './heal.ts';
import { redisStart } from './redis-start.ts';
import { redisStop } from './redis-stop.ts';
import { promoteByHand } from './promote-by-hand.ts';
import { releaseReplay } from './release-replay.ts';
import { returnWritable } from './return-writable.ts';
import { secondController } from './second-controller.ts';
import { stop } from './stop.ts';
import { storeStart } from './store-start.ts';
import { storeStop } from './store-stop.ts';
import { writeLoad } from './write-load.ts';

export type { Disturbance, Returned, Stage } from './disturbance.ts';

export const DISTURBANCES = [
  heal,
  agentKill,
  agentStop,
  agentGoOn,
  secondController,
  controllerGoOn,
  flushRedis,
  redisStop,
  redisStart,
  storeStop,
  storeStart,
  stop,
  returnWritable,
  diverge,
  blockReplay,
  releaseReplay,
  writeLoad,
  promoteByHand,
] as const satisfies readonly Disturbance[];
export type DisturbanceName = (typeof DISTURBANCES)[number]['name'];
