// The line that lets an agent obey what it refuses, ready to be copied: what it obeys already stands in it as well.
import { ACT_VERBS } from '../wire/agent.ts';
import type { MemberReadiness } from './facts.ts';

/** `missing` of this member, in the order in which the verbs are documented. */
export function sayAllowLine({ id, agentAllows = [] }: MemberReadiness, missing: readonly string[]): string {
  const verbs = ACT_VERBS.filter((verb) => agentAllows.includes(verb) || missing.includes(verb));
  return `In the file of the agent on ${id}: allow: [${verbs.join(', ')}]; then restart that agent.`;
}
