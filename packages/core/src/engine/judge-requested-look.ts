// The last look before a change that was asked for: does the primary still lead as planned, is the other what the plan says?
// It can only stop. What is read is read by the controller itself and by the agents, after the question.
import { hasStarted, type Run } from '../journal/index.ts';
import type { HostMemory } from '../observation/index.ts';
import type { Step } from '../plan/index.ts';
import type { MemberFacts } from '../wire/agent.ts';
import type { LookAnswer } from './judge-look.ts';
import type { ClusterState, Look } from './state.ts';

type Asked = { readonly run: Run; readonly step: Step; readonly look: Look; readonly nowMs: number };
type Facts = Readonly<Record<string, MemberFacts>>;

/** Of a switchover, before the primary is stopped; or after that began and nobody knows how far it came. */
export function judgeServingLook(asked: Asked): LookAnswer {
  return hasStarted(asked.run, 'fence') ? judgeStopping(asked) : judgeServing(asked);
}

/** What counts then is that nobody else was promoted meanwhile: the fence is asked for again, and proves a clean stop or not. */
function judgeStopping({ run, step, look, nowMs }: Asked): LookAnswer {
  const { plan } = run;
  if (look.facts === undefined) return stillReading({ step, look, nowMs });
  const candidate = look.facts[plan.candidate];
  const other = Object.entries(look.facts).find(([id, f]) => id !== plan.primary && f.inRecovery === false);
  if (other !== undefined) return { kind: 'refused', says: `${other[0]} is out of recovery already.` };
  if (candidate?.inRecovery !== true)
    return { kind: 'refused', says: `${plan.candidate} does not answer as a standby.` };
  return { kind: 'done', says: `The stop of ${plan.primary} had begun; ${plan.candidate} is in recovery.` };
}

function judgeServing(asked: Asked): LookAnswer {
  return judge(asked, ({ plan }, facts) => {
    const candidate = facts[plan.candidate];
    if (candidate?.inRecovery !== true) return `${plan.candidate} does not answer as a standby.`;
    if (candidate.receiverStatus !== 'streaming') return `${plan.candidate} does not stream.`;
    const backups = facts[plan.primary]?.backupsRunning ?? 0;
    if (backups > 0) return `A base backup runs on ${plan.primary}: it would be broken off. Wait for its end.`;
    const other = Object.entries(facts).find(([id, f]) => id !== plan.primary && f.inRecovery === false);
    return other === undefined ? undefined : `${other[0]} is out of recovery, too.`;
  });
}

/** Before something is done to the member, or done again: nobody may write to it, and what it's made of still leads. */
export function judgeRejoinLook({ memory }: ClusterState, asked: Asked): LookAnswer {
  const { run, look } = asked;
  const { candidate, primary } = run.plan;
  const answer = judge(asked, (_, facts) => {
    const member = facts[candidate];
    if (member?.inRecovery === false) return `${candidate} takes writes itself: decide which of the two is to stay.`;
    const follows = member?.receiverStatus === 'streaming' && member.upstream === primary;
    return follows && !hasStarted(run, 'start-as-standby')
      ? `${candidate} follows ${primary} already: there is nothing to do to it.`
      : undefined;
  });
  if (answer.kind !== 'done' || look.facts?.[candidate] !== undefined) return answer;
  return isHeardAtWork(memory.hosts.get(candidate), asked)
    ? answer
    : { kind: 'ambiguous', says: `The agent on ${candidate} did not answer.` };
}

/** An agent that is at work answers no question; what it goes on telling of its host counts, if it looked since. */
function isHeardAtWork(host: HostMemory | undefined, { run, look }: Asked): boolean {
  if (host === undefined || host.atMs < look.askedAtMs) return false;
  const { postgres } = host.facts;
  return postgres === 'absent' || (postgres === 'starting' && hasStarted(run, 'start-as-standby'));
}

function judge({ run, step, look, nowMs }: Asked, refuse: (run: Run, facts: Facts) => string | undefined): LookAnswer {
  const { plan } = run;
  if (look.facts === undefined) return stillReading({ step, look, nowMs });
  const because = refusePrimary(run, look.facts[plan.primary]) ?? refuse(run, look.facts);
  return because === undefined
    ? { kind: 'done', says: `${plan.primary} leads on timeline ${plan.timeline}; ${plan.candidate} is as planned.` }
    : { kind: 'refused', says: because };
}

function stillReading({ step, look, nowMs }: Pick<Asked, 'step' | 'look' | 'nowMs'>): LookAnswer {
  return nowMs - look.askedAtMs > step.deadlineMs
    ? { kind: 'ambiguous', says: 'The members could not be read in time.' }
    : { kind: 'wait' };
}

/** Compare and set: the change was approved for this primary on this timeline. */
function refusePrimary({ plan }: Run, primary: MemberFacts | undefined): string | undefined {
  if (primary?.inRecovery === undefined) return `${plan.primary} could not be read.`;
  if (primary.inRecovery) return `${plan.primary} is not the primary any more.`;
  if (primary.systemIdentifier !== plan.systemIdentifier) return `${plan.primary} belongs to another system.`;
  return primary.timeline === plan.timeline
    ? undefined
    : `${plan.primary} is on timeline ${primary.timeline ?? 'unknown'}, planned was ${plan.timeline}.`;
}
