// Look: asks every source with the nonce, reads candidate and siblings itself, and asks the agents that listen. The
// witnesses' answers reach the engine as observations; these are the members' own facts.
import type { MemberFacts } from '@petrov/core/wire';
import { ambiguous, type Answered, done, type DriverDeps, type Facts, type Perform } from '../driver.ts';
import { type ReadMember, readMember } from '../facts.ts';

const WITNESSES_LOOK_MS = 2_000;
const AGENT_WITHIN_MS = 1_000;

export async function look(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { run, nonce, step } = perform;
  const { cluster, plan } = run;
  void deps.askLook({ cluster, nonce, forMs: Math.min(WITNESSES_LOOK_MS, step.deadlineMs) });
  deps.onActing(step.id);
  const members = deps.reach.cluster(cluster).members.map(({ id }) => id);
  const [told, read] = await Promise.all([
    askAgents(deps, perform, members),
    readMembers(
      deps,
      cluster,
      members.filter((id) => id !== plan.primary),
    ),
  ]);
  const facts = mergeFacts(members, told, read);
  const candidate = read.get(plan.candidate);
  if (facts[plan.candidate] === undefined) {
    return ambiguous(candidate && !candidate.ok ? `${candidate.says}.` : `${plan.candidate} can't be read.`, facts);
  }
  return done(`Read: ${Object.keys(facts).join(', ')}.`, facts);
}

async function readMembers(deps: DriverDeps, cluster: string, members: readonly string[]) {
  const all = await Promise.all(
    members.map(async (id): Promise<readonly [string, ReadMember]> => [id, await readMember(deps.reach, cluster, id)]),
  );
  return new Map(all);
}

/** Only agents that wait for work at this moment: a silent one tells nothing, and isn't waited for. */
async function askAgents(deps: DriverDeps, perform: Perform, members: readonly string[]): Promise<Facts> {
  const { run, nonce, epoch } = perform;
  const all = await Promise.all(
    members
      .filter((member) => deps.desk.isListening(member))
      .map(async (member): Promise<readonly (readonly [string, MemberFacts])[]> => {
        const { systemIdentifier } = run.plan;
        const answer = await deps.desk.command(
          { verb: 'look', args: {}, id: `${nonce}/${member}`, cluster: run.cluster, member, systemIdentifier, epoch },
          AGENT_WITHIN_MS,
        );
        return answer.kind === 'answered' && answer.result.state === 'done' ? [[member, answer.result.facts]] : [];
      }),
  );
  return Object.fromEntries(all.flat());
}

/** The agent is beside the server and sees more; where both speak, the server's own answer over SQL counts. */
function mergeFacts(members: readonly string[], told: Facts, read: ReadonlyMap<string, ReadMember>): Facts {
  const facts: Record<string, MemberFacts> = {};
  for (const member of members) {
    const own = read.get(member);
    const agent = told[member];
    if (own?.ok || agent) facts[member] = { ...agent, ...(own?.ok ? own.facts : {}) };
  }
  return facts;
}
