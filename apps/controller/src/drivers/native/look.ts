// Look: asks every witness with the nonce, reads candidate and siblings itself, and asks the agents of those that can't be
// read. The witnesses' answers reach the engine as observations; these are the members' own facts.
import { setTimeout as delay } from 'node:timers/promises';
import type { MemberFacts } from '@petrov/core/wire';
import { ambiguous, type Answered, done, type DriverDeps, type Perform } from '../driver.ts';
import { readMember } from '../facts.ts';

const WITNESSES_LOOK_MS = 2_000;
const AGENT_WITHIN_MS = 1_000;
/** What one try may take: connecting, asking, an agent's answer. */
const ONE_TRY_MS = 2_500;
const AGAIN_MS = 200;

type Learnt = { readonly facts?: MemberFacts | undefined; readonly says: string };

export async function look(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { run, nonce, step } = perform;
  const { cluster, plan } = run;
  const until = deps.clock.monotonicMs() + step.deadlineMs;
  void deps.askLook({ cluster, nonce, forMs: Math.min(WITNESSES_LOOK_MS, step.deadlineMs) });
  deps.onActing(step.id);
  const members = deps.reach.cluster(cluster).members.map(({ id }) => id);
  // Whoever is waited for: that a rejoin's primary leads must be news when the look ends.
  const fresh = new Set(plan.kind === 'rejoin' ? [plan.primary] : []);
  const learnt = new Map<string, MemberFacts>();
  let says = `${plan.candidate} can't be read`;
  const isMissing = (member: string) => !learnt.has(member);
  const isWanting = () => [plan.candidate, ...fresh].some(isMissing);
  for (let tries = 1; tries === 1 || (isWanting() && deps.clock.monotonicMs() + ONE_TRY_MS < until); tries += 1) {
    if (tries > 1) await delay(AGAIN_MS);
    const asked = members.filter((member) => isMissing(member) || fresh.has(member));
    await Promise.all(
      asked.map(async (member) => {
        const one = await learn(deps, perform, { member, tries });
        if (one.facts) learnt.set(member, one.facts);
        else learnt.delete(member);
        if (member === plan.candidate) ({ says } = one);
      }),
    );
  }
  const facts = Object.fromEntries(learnt);
  // An agent that is at work on the member doesn't answer: of a rejoin it's judged what it goes on telling of its host.
  if (isMissing(plan.candidate) && plan.kind !== 'rejoin') return ambiguous(`${says}.`, facts);
  return done(`Read: ${[...learnt.keys()].join(', ')}.`, facts);
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
