// Does each agent obey what may be asked of it? Its own file says so, nobody else; without a word there it only looks. Any
// member may be the primary tomorrow, so every verb is looked for at every one.
import { ACT_VERBS } from '../../wire/agent.ts';
import { sayAllowLine } from '../allow-line.ts';
import { type Check, costs, fails, type Finding, isCandidate, ok, unknown, worstOf } from '../check.ts';
import type { MemberReadiness, ReadinessFacts } from '../facts.ts';

export const agentVerbs: Check = {
  id: 'agent-verbs',
  title: 'Agents’ verbs',
  examine: (facts) =>
    worstOf(
      facts.members.filter(({ hasAgent }) => hasAgent).map((member) => examineOne(facts, member)),
      facts.members.every(({ hasAgent }) => hasAgent)
        ? 'Each agent obeys all that may be asked of it.'
        : 'Each agent that is there obeys all that may be asked of it.',
    ),
};

function examineOne(facts: ReadinessFacts, member: MemberReadiness): Finding {
  const { id, agentAllows } = member;
  if (agentAllows === undefined)
    return unknown(`Which verbs the agent on ${id} obeys isn’t known.`, `Start the agent on ${id}, or update it.`);
  const missing = ACT_VERBS.filter((verb) => !agentAllows.includes(verb));
  if (missing.length === 0) return ok('');
  const says = `The agent on ${id} refuses ${missing.map((verb) => `${verb} (${withoutSays[verb]})`).join(', ')}.`;
  const toDo = sayAllowLine(member, missing);
  const isInTheWay = isCandidate(facts, id) && missing.includes('promote');
  return isInTheWay ? fails(says, toDo) : costs(says, toDo);
}

/** What can't be done there. */
const withoutSays: Readonly<Record<(typeof ACT_VERBS)[number], string>> = {
  fence: 'stop it with proof',
  unfence: 'lift its fence when a run is given up',
  promote: 'make it the primary',
  repoint: 'let it follow a new primary',
  settle: 'let it take WAL from a sibling that is ahead',
  'start-as-standby': 'bring it back as a standby',
  rewind: 'bring it back by pg_rewind',
  clone: 'bring it back as a fresh copy',
  slots: 'make slots for those that follow it',
  'drop-slots': 'drop slots that nobody needs any more',
  'sync-names': 'set whom its commits wait for',
  'restart-candidate': 'drop a promotion that is given up',
};
