// Drop a promotion that may be pending: the candidate's agent stops and starts it; done when it's seen in recovery on the
// timeline of before. Anything else leaves the old primary down.
import {
  ambiguous,
  type Answered,
  commandOf,
  type DriverDeps,
  done,
  fromAgent,
  type Perform,
  refused,
} from '../driver.ts';
import { readMember } from '../facts.ts';

export async function dropPromotion(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  const asked = deps.desk.command(commandOf(perform, { verb: 'restart-candidate', args: {} }), step.deadlineMs);
  deps.onActing(step.id);
  const answer = fromAgent(step.member, await asked);
  if (answer.state !== 'done') return answer;
  const read = await readMember(deps.reach, run.cluster, step.member);
  const facts = { ...answer.facts[step.member], ...(read.ok ? read.facts : {}) };
  const all = { [step.member]: facts };
  if (facts.inRecovery === false || (facts.timeline ?? 0) > run.plan.timeline) {
    return refused(
      `${step.member} was promoted after all (timeline ${facts.timeline ?? 'unknown'}): there is nothing to give up any more.`,
      all,
    );
  }
  if (facts.inRecovery !== true)
    return ambiguous(`${step.member} was restarted and isn't seen in recovery: ${answer.says}`, all);
  return done(
    `${step.member} was restarted and is in recovery on timeline ${facts.timeline ?? run.plan.timeline}.`,
    all,
  );
}
