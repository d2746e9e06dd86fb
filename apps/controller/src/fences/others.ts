// Before a fence is lifted: reads every other member over SQL. One out of recovery, or one that can't be read, and lifting
// could make two primaries.
import { ambiguous, type Answered, type DriverDeps, type Perform, refused } from '../drivers/driver.ts';
import { readMember } from '../drivers/facts.ts';

/** Why the fence must stay; undefined when every other member is seen in recovery. */
export async function refuseOthers(deps: DriverDeps, { step, run }: Perform): Promise<Answered | undefined> {
  const others = deps.reach.cluster(run.cluster).members.filter(({ id }) => id !== step.member);
  const read = await Promise.all(
    others.map(async ({ id }) => ({ id, read: await readMember(deps.reach, run.cluster, id) })),
  );
  const writable = read.find((one) => one.read.ok && one.read.facts.inRecovery === false);
  if (writable)
    return refused(`${writable.id} is out of recovery: lifting the fence of ${step.member} could make two primaries.`);
  const unread = read.filter((one) => !one.read.ok).map(({ id }) => id);
  if (unread.length === 0) return undefined;
  return ambiguous(
    `${unread.join(', ')} can't be read: while it may be out of recovery, lifting the fence of ${step.member} could make two primaries.`,
  );
}
