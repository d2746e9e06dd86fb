// Fencing by the agent on the member's host: done only with its proof, that no process is left and a start would be
// read-only.
import type { MemberFacts } from '@petrov/core/wire';
import { ambiguous, type Answered, commandOf, type DriverDeps, fromAgent, type Perform } from '../drivers/driver.ts';
import type { Fence } from './fence.ts';

export function createAgentFence(): Fence {
  return { fence, unfence: (deps, perform) => tell(deps, perform, 'unfence') };
}

async function fence(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { member } = perform.step;
  const answer = await tell(deps, perform, 'fence');
  if (answer.state !== 'done') return answer;
  const missing = findMissingProof(answer.facts[member]);
  return missing === undefined
    ? answer
    : ambiguous(`The agent on ${member} says it's fenced without proof: ${missing}.`, answer.facts);
}

function findMissingProof(facts: MemberFacts | undefined): string | undefined {
  if (facts?.processesLeft !== 0) return `${facts?.processesLeft ?? 'an unknown number of'} processes are left`;
  if (facts.sharedMemoryAttached === true) return 'its shared memory is still attached';
  if (facts.fenced !== true || facts.standbySignal !== true) return 'a start of it could be writable';
  return undefined;
}

async function tell(deps: DriverDeps, perform: Perform, verb: 'fence' | 'unfence'): Promise<Answered> {
  const { step, run } = perform;
  const clean = verb === 'fence' && run.plan.kind === 'switchover' ? { mode: 'clean' as const } : {};
  const { candidateLsn, kind } = run.plan;
  const after = verb === 'fence' && kind === 'failover' ? { after: candidateLsn } : {};
  const args = { proposal: run.proposal, ...clean, ...after };
  const asked = deps.desk.command(commandOf(perform, { verb, args }), step.deadlineMs);
  deps.onActing(step.id);
  return fromAgent(step.member, await asked);
}
