// Fast-forward: the candidate takes from a sibling what that has more, by its own agent; done when it has received it.
import { ambiguous, type Answered, commandOf, type DriverDeps, fromAgent, type Perform, refused } from '../driver.ts';

export async function fastForward(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  const { from, atLeastLsn } = step;
  if (from === undefined || atLeastLsn === undefined)
    return refused(`The plan does not say from whom ${step.member} is to take WAL, or how far.`);
  const { replicationHost: host, replicationPort: port } = deps.reach.member(run.cluster, from);
  const args = { upstream: from, host, port, atLeastLsn };
  const asked = deps.desk.command(commandOf(perform, { verb: 'settle', args }), step.deadlineMs);
  deps.onActing(step.id);
  const answer = fromAgent(step.member, await asked);
  return answer.state === 'done' && answer.facts[step.member] === undefined
    ? ambiguous(`The agent on ${step.member} says it is done, and does not show where it stands.`)
    : answer;
}
