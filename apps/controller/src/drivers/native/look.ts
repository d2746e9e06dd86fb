// Look: asks every witness with the nonce, reads candidate and siblings itself, and asks the agents of those that can't be
// read. The witnesses' answers reach the engine as observations; these are the members' own facts.
import type { MemberFacts } from '@petrov/core/wire';
import { ambiguous, type Answered, done, type DriverDeps, type Perform } from '../driver.ts';
import { readMember } from '../facts.ts';

const WITNESSES_LOOK_MS = 2_000;
const AGENT_WITHIN_MS = 1_000;
/** What one try may take: connecting, asking, an agent's answer. */
const ONE_TRY_MS = 2_500;

type Learnt = { readonly facts?: MemberFacts | undefined; readonly says: string };

export async function look(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { run, nonce, step } = perform;
  const { cluster, plan } = run;
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  void deps.askLook({ cluster, nonce, forMs: Math.min(WITNESSES_LOOK_MS, step.deadlineMs) });
  deps.onActing(step.id);
  const members = deps.reach.cluster(cluster).members.map(({ id }) => id);
  const facts: Record<string, MemberFacts> = {};
  let says = `${plan.candidate} can't be read`;
  let tries = 0;
  do {
    tries += 1;
    const missing = members.filter((member) => facts[member] === undefined);
    const learnt = await Promise.all(missing.map((member) => learn(deps, perform, { member, tries })));
    missing.forEach((member, index) => {
      const one = learnt[index];
      if (one?.facts) facts[member] = one.facts;
      else if (one && member === plan.candidate) ({ says } = one);
    });
  } while (facts[plan.candidate] === undefined && deps.clock.monotonicMs() + ONE_TRY_MS < until);
  if (facts[plan.candidate] === undefined) return ambiguous(`${says}.`, facts);
  return done(`Read: ${Object.keys(facts).join(', ')}.`, facts);
}

/** The server's own answer over SQL counts; its agent is asked only where there's none: a look costs the host something. */
async function learn(deps: DriverDeps, perform: Perform, of: { member: string; tries: number }): Promise<Learnt> {
  const { run } = perform;
  // A primary that has failed is not asked over SQL: a hung one would hold the look up.
  if (of.member === run.plan.primary && run.plan.kind === 'failover') return askAgent(deps, perform, of);
  const read = await readMember(deps.reach, run.cluster, of.member);
  if (read.ok) return { facts: read.facts, says: '' };
  const { facts } = await askAgent(deps, perform, of);
  return { facts, says: read.says };
}

/** Only one that waits for work at this moment: a silent agent tells nothing, and isn't waited for. */
async function askAgent(
  deps: DriverDeps,
  { run, nonce, epoch }: Perform,
  of: { member: string; tries: number },
): Promise<Learnt> {
  const { member, tries } = of;
  if (!deps.desk.isListening(member)) return { says: `the agent on ${member} isn't there` };
  const { systemIdentifier } = run.plan;
  const id = [nonce, member, ...(tries === 1 ? [] : [tries])].join('/');
  const answer = await deps.desk.command(
    { verb: 'look', args: {}, id, cluster: run.cluster, member, systemIdentifier, epoch },
    AGENT_WITHIN_MS,
  );
  if (answer.kind !== 'answered') return { says: answer.says };
  const { state, facts, says } = answer.result;
  return state === 'done' ? { facts, says } : { says };
}
