// The ways to fence, one file each. A new one: its file and a line here, and the same in the controller's folder of fences.
import type { FencePlan } from '../plan.ts';
import { agent } from './agent.ts';
import { command } from './command.ts';
import { http } from './http.ts';
import { lease } from './lease.ts';
import { syncStarved } from './sync-starved.ts';
import { unfenced } from './unfenced.ts';
import type { FenceWay } from './way.ts';

export const FENCE_WAYS: Readonly<Record<FencePlan['method'], FenceWay>> = {
  agent,
  http,
  command,
  'sync-starved': syncStarved,
  lease,
  unfenced,
};
