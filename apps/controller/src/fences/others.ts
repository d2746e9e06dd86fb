// Before a fence is lifted: reads every other member over SQL; of one that is down its agent may prove that it's no primary.
// One out of recovery, or one of which nothing is known, and lifting could make two primaries.
import type { MemberFacts } from '@petrov/core/wire';
import { ambiguous, type Answered, type DriverDeps, type Perform, refused } from '../drivers/driver.ts';
import { readMember } from '../drivers/facts.ts';

const AGENT_WITHIN_MS = 2_000;

/** Why the fence must stay; undefined when every other member is seen in recovery. */
export async function refuseOthers(deps: DriverDeps, perform: Perform): Promise<Answered | undefined> {
  const { step, run } = perform;
  const others = deps.reach.cluster(run.cluster).members.filter(({ id }) => id !== step.member);
  const read = await Promise.all(
    others.map(async ({ id }) => ({ id, read: await readMember(deps.reach, run.cluster, id) })),
  );
  const writable = read.find((one) => one.read.ok && one.read.facts.inRecovery === false);
  if (writable)
    return refused(`${writable.id} is out of recovery: lifting the fence of ${step.member} could make two primaries.`);
  const unanswering = read.filter((one) => !one.read.ok).map(({ id }) => id);
  const isDown = await Promise.all(unanswering.map(async (id) => await isProvenDown(deps, perform, id)));
  const unread = unanswering.filter((_, index) => isDown[index] !== true);
  if (unread.length === 0) return undefined;
  return ambiguous(
    `${unread.join(', ')} can't be read: while it may be out of recovery, lifting the fence of ${step.member} could make two primaries.`,
  );
}

/** By the agent on its host: no process is left of it, and a start of it would be read-only. */
async function isProvenDown(deps: DriverDeps, perform: Perform, member: string): Promise<boolean> {
  if (!deps.desk.isListening(member)) return false;
  const facts = await lookByAgent(deps, perform, member, AGENT_WITHIN_MS);
  return facts?.processesLeft === 0 && facts.standbySignal === true;
}

/** What a member is by the agent on its own host. Undefined when that doesn't answer in time, or can't tell. An agent answers each look anew, whatever its id. */
export async function lookByAgent(
  deps: DriverDeps,
  { run, nonce, epoch }: Perform,
  member: string,
  withinMs: number,
): Promise<MemberFacts | undefined> {
  const { cluster } = run;
  const { systemIdentifier } = run.plan;
  const id = `${nonce}/${member}`;
  const answer = await deps.desk.command(
    { verb: 'look', args: {}, id, cluster, member, systemIdentifier, epoch },
    withinMs,
  );
  return answer.kind === 'answered' && answer.result.state === 'done' ? answer.result.facts : undefined;
}
