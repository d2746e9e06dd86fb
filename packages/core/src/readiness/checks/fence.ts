// Can the primary be kept from taking writes, and was that ever proven here? A way that was never tried is not known to work.
import { sayDuration } from '../../assessment/words.ts';
import { sayAllowLine } from '../allow-line.ts';
import { type Check, fails, ok, unknown } from '../check.ts';

export const fence: Check = {
  id: 'fence',
  title: 'Fence',
  examine: ({ primary, members, fences, proofs, nowMs }) => {
    const member = members.find(({ id }) => id === primary);
    if (member === undefined) return unknown('Which member is to be fenced isn’t known.');
    const others = fences.filter((method) => method !== 'agent');
    const byAgent = fences.includes('agent') && member.hasAgent;
    const refuses = (verb: string): boolean => byAgent && member.agentAllows?.includes(verb) === false;
    if (refuses('fence') && others.length === 0)
      return fails(
        `The agent on ${member.id} does not allow "fence", and no other way to fence is configured.`,
        sayAllowLine(member, ['fence', 'unfence']),
      );
    if (!byAgent && others.length === 0)
      return fails(
        `Nothing can fence ${member.id}: it has no agent, and no other way is configured. A failover would leave it able to take writes, and takes two people.`,
        'Put an agent beside it, or name a power switch or a command under "fences:".',
      );
    if (byAgent && !member.isAgentHeard && others.length === 0)
      return fails(`The agent on ${member.id} is silent, and no other way to fence is configured.`, 'Start the agent.');
    const ways = [
      ...(byAgent && member.isAgentHeard && !refuses('fence') ? ['its agent'] : []),
      ...others.map((method) => waySays[method]),
    ];
    if (!proofs.ok) return unknown(`When a fence was last proven can’t be read: ${proofs.says}.`);
    const last = proofs.value.find((proof) => proof.member === member.id) ?? proofs.value[0];
    if (last === undefined)
      return unknown(
        `${member.id} can be fenced by ${ways.join(' or ')}; no fence was ever proven in this cluster.`,
        'Try it in a drill or a switchover before it is needed.',
      );
    return ok(
      `${member.id} can be fenced by ${ways.join(' or ')}; last proven at ${last.member} by ${last.method}, ${sayDuration(nowMs - last.atMs)} ago.`,
    );
  },
};

const waySays = {
  http: 'its power switch',
  command: 'the configured command',
  'sync-starved': 'taking its synchronous standbys away',
  lease: 'waiting its lease out',
} as const;
