// No fence: nothing is stopped. The old primary is read once, so that what is known of it is on the record; one that answers
// as a primary is not promoted beside. Its "done" carries no facts: nothing is offered as a proof.
import { type Answered, type DriverDeps, done, type Perform, refused } from '../drivers/driver.ts';
import { readMember } from '../drivers/facts.ts';
import type { Fence } from './fence.ts';

export function createUnfenced(): Fence {
  return {
    fence: leave,
    unfence: async (_, { step }) => done(`${step.member} was not fenced: nothing is lifted.`, {}),
  };
}

async function leave(deps: DriverDeps, { step, run }: Perform): Promise<Answered> {
  const { member } = step;
  const reading = readMember(deps.reach, run.cluster, member);
  deps.onActing(step.id);
  const read = await reading;
  if (read.ok && read.facts.inRecovery !== true)
    return refused(
      `${member} answers and is out of recovery: another one beside it would be a second primary. Stop it first. Nothing was changed.`,
    );
  const known = read.ok ? `${member} answers, in recovery` : read.says.replace(/\.$/, '');
  return done(`Nothing was stopped: ${member} may still take writes. What is known: ${known}.`, {});
}
