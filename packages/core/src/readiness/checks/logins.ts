// Does each member get in where it would have to? Its agent tries that beforehand, by what is configured there: to follow
// another member, and to be rewound or cloned from it.
import { sayDuration, sayList } from '../../assessment/words.ts';
import type { LoginFacts } from '../../observation/index.ts';
import { type Check, costs, fails, type Finding, isCandidate, ok, unknown, worstOf } from '../check.ts';
import type { MemberReadiness, ReadinessFacts } from '../facts.ts';

/** Agents try each five minutes. */
const OLD_AFTER_MS = 900_000;

export const logins: Check = {
  id: 'logins',
  title: 'Logins between members',
  examine: (facts) =>
    worstOf(
      facts.members.filter(({ hasAgent }) => hasAgent).flatMap((member) => examineOne(facts, member)),
      'Each member’s agent got in at every other one: to follow it, and to be rewound or cloned from it.',
    ),
};

function examineOne(facts: ReadinessFacts, { id, logins: tried }: MemberReadiness): Finding[] {
  const ageMs = tried === undefined ? Infinity : facts.nowMs - tried.atMs;
  const others = facts.members.filter((member) => member.id !== id).map((member) => member.id);
  const told = Object.keys(tried?.peers ?? {});
  if (tried === undefined || ageMs > OLD_AFTER_MS)
    return [
      unknown(
        `Whether ${id} gets in at the other members isn’t known: its agent told ${tried === undefined ? 'nothing of it' : `that last ${sayDuration(ageMs)} ago`}.`,
        `See that the agent on ${id} runs, and names the others under "peers" in its file.`,
      ),
    ];
  const untold = others.filter((other) => !told.includes(other));
  return [
    ...(untold.length === 0
      ? []
      : [unknown(`The agent on ${id} did not try ${sayList(untold)}.`, `Name all others under "peers" in its file.`)]),
    ...others.flatMap((other) => judgePair(facts, { id, other, tried: tried.peers[other] ?? {} })),
  ];
}

function judgePair(
  facts: ReadinessFacts,
  { id, other, tried }: { id: string; other: string; tried: LoginFacts['peers'][string] },
): Finding[] {
  const { follow, clone, rewind } = tried;
  const found: Finding[] = [];
  if (follow?.isOk === false) {
    const says = `${id} could not follow ${other}: ${follow.says ?? 'it gets no replication connection'}.`;
    const toDo = `See user and passfile in primary_conninfo of ${id}, and the line for replication in pg_hba.conf of ${other}.`;
    found.push(isCandidate(facts, other) ? fails(says, toDo) : costs(says, toDo));
  }
  const copies = Object.entries({ clone, rewind }).filter(([, login]) => login?.isOk === false);
  for (const [verb, login] of copies)
    found.push(
      costs(
        `The agent on ${id} could not ${verb} it from ${other}: ${login?.says ?? 'it does not get in'}.`,
        'See "replication" in the agent’s file, the rights of its role and its two lines in pg_hba.conf: docs/your-own-clusters.md has them all.',
      ),
    );
  return found.length === 0 ? [ok('')] : found;
}
