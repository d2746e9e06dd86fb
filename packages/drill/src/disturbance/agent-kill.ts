// kill -9 of a member's agent: nobody is there to fence, nobody tells of the host.
import { getAgent } from '../rig/agents.ts';
import type { Disturbance } from './disturbance.ts';

export const agentKill = {
  name: 'agent-kill',
  summary: 'kill -9 of the agent of a member',
  apply: async ({ rig }, [member = '']) => {
    const agent = getAgent(rig, member);
    agent.expectEnd();
    agent.kill('SIGKILL');
    await agent.exited;
  },
} as const satisfies Disturbance;
