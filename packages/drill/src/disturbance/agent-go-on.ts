// A stopped agent goes on where it was, with the command that it may have in hand.
import { getAgent } from '../rig/agents.ts';
import { letGoOn } from '../rig/stopped.ts';
import type { Disturbance } from './disturbance.ts';

export const agentGoOn = {
  name: 'agent-go-on',
  summary: 'let a stopped agent go on',
  apply: async ({ rig }, [member = '']) => letGoOn(getAgent(rig, member).pid),
} as const satisfies Disturbance;
