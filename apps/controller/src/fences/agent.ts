// Fencing by the agent on the member's host: done only with its proof, that no process is left and a start would be
// read-only. Lifting it re-checks that no other member is out of recovery.
import type { MemberFacts } from '@petrov/core/wire';
import {
  ambiguous,
  type Answered,
  commandOf,
  type DriverDeps,
  fromAgent,
  type Perform,
  refused,
} from '../drivers/driver.ts';
import { readMember } from '../drivers/facts.ts';

export async function fenceByAgent(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  const asked = deps.desk.command(
    commandOf(perform, { verb: 'fence', args: { proposal: run.proposal } }),
    step.deadlineMs,
  );
  deps.onActing(step.id);
  const answer = fromAgent(step.member, await asked);
  if (answer.state !== 'done') return answer;
  const missing = findMissingProof(answer.facts[step.member]);
  return missing === undefined
    ? answer
    : ambiguous(`The agent on ${step.member} says it's fenced without proof: ${missing}.`, answer.facts);
}

function findMissingProof(facts: MemberFacts | undefined): string | undefined {
  if (facts?.processesLeft !== 0) return `${facts?.processesLeft ?? 'an unknown number of'} processes are left`;
  if (facts.sharedMemoryAttached === true) return 'its shared memory is still attached';
  if (facts.fenced !== true || facts.standbySignal !== true) return 'a start of it could be writable';
  return undefined;
}

export async function unfenceByAgent(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  const others = deps.reach.cluster(run.cluster).members.filter(({ id }) => id !== step.member);
  const read = await Promise.all(
    others.map(async ({ id }) => ({ id, read: await readMember(deps.reach, run.cluster, id) })),
  );
  const writable = read.find((one) => one.read.ok && one.read.facts.inRecovery === false);
  if (writable)
    return refused(`${writable.id} is out of recovery: lifting the fence of ${step.member} could make two primaries.`);
  const unread = read.filter((one) => !one.read.ok).map(({ id }) => id);
  if (unread.length > 0)
    return ambiguous(
      `${unread.join(', ')} can't be read: while it may be out of recovery, lifting the fence of ${step.member} could make two primaries.`,
    );
  const asked = deps.desk.command(
    commandOf(perform, { verb: 'unfence', args: { proposal: run.proposal } }),
    step.deadlineMs,
  );
  deps.onActing(step.id);
  return fromAgent(step.member, await asked);
}
