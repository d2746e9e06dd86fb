// The agents of a running rig, by the member beside which each runs.
import { DrillError } from '../errors.ts';
import type { Child } from './child.ts';
import type { Rig } from './rig.ts';

export function getAgent(rig: Rig, member: string): Child {
  const agent = rig.parts.agents.get(member);
  if (agent !== undefined) return agent;
  throw new DrillError('no-agent', `no agent runs beside ${member}`);
}
