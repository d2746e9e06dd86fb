// Before a fence is lifted: reads every other member over SQL; of one that is down its agent may prove that it's no primary.
// One out of recovery, or one of which nothing is known, and lifting could make two primaries.
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
async function isProvenDown(deps: DriverDeps, { run, nonce, epoch }: Perform, member: string): Promise<boolean> {
  if (!deps.desk.isListening(member)) return false;
  const { cluster } = run;
  const { systemIdentifier } = run.plan;
  const id = `${nonce}/${member}`;
  const answer = await deps.desk.command(
    { verb: 'look', args: {}, id, cluster, member, systemIdentifier, epoch },
    AGENT_WITHIN_MS,
  );
  if (answer.kind !== 'answered' || answer.result.state !== 'done') return false;
  const { processesLeft, standbySignal } = answer.result.facts;
  return processesLeft === 0 && standbySignal === true;
}
