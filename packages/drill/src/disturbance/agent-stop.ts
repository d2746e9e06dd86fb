// SIGSTOP of a member's agent: what was given to it waits, and what it does after waking is late.
import { getAgent } from '../rig/agents.ts';
import type { Disturbance } from './disturbance.ts';

export const agentStop = {
  name: 'agent-stop',
  summary: 'stop the clock of the agent of a member',
  apply: async ({ rig }, [member = '']) => {
    getAgent(rig, member).kill('SIGSTOP');
  },
} as const satisfies Disturbance;
