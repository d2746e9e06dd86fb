// What a person must know of a run that stands still: what is known, what is safe, and what each way on does and leaves. The
// only place for these sentences: console and terminal show them as they are.
import { foldSteps, hasStarted, isDone, mayBePending, type Run, wasSent } from '../journal/index.ts';
import { type Step, liftByHand } from '../plan/index.ts';
import type { StuckView } from '../wire/run-view.ts';
import { abandonSteps } from './abandon.ts';
import { canLeaveFence, isFenceProven } from './fence-left.ts';

export function viewStuck(run: Run, because: string): StuckView {
  const giveUp = isDone(run, 'promote') ? undefined : sayGivingUp(run);
  return {
    known: [because, sayFence(run), sayPromotion(run)].filter((says) => says !== ''),
    safe: saySafe(run),
    resume:
      'Looks again first, then goes on with the same plan from where it stands; it stops again where that is not as planned.',
    ...(giveUp === undefined ? {} : { giveUp }),
    ...(canLeaveFence(run) ? { leaveFence: sayLeaving(run) } : {}),
    ...(waitsForFence(run) ? { refence: sayRefencing(run) } : {}),
  };
}

function waitsForFence(run: Run): boolean {
  const isAsked = canLeaveFence(run) && run.plan.kind === 'failover';
  return isAsked && !isDone(run, 'fence') && !hasStarted(run, 'promote');
}

function sayRefencing({ plan }: Run): string {
  return `Ends this run, promotes nothing. The next question passes over this fence; where no other is left, it takes two people. What this one may have done to ${plan.primary} stays.`;
}

function sayFence(run: Run): string {
  const { member } = run.plan.fence;
  if (isFenceProven(run)) return `${member} is fenced, with proof: it takes no writes.`;
  return hasStarted(run, 'fence') && run.plan.fence.method !== 'unfenced'
    ? `The fence of ${member} was asked for and isn't proven: whether it takes writes is not known.`
    : `${member} was not fenced by this run.`;
}

function sayPromotion(run: Run): string {
  const { candidate, kind } = run.plan;
  if (kind === 'rejoin') return '';
  if (isDone(run, 'promote')) {
    const open = foldSteps(run).find(({ step, state }) => !step.isFollowUp && state !== 'done');
    return `${candidate} is promoted, and guarded as the primary; what is missing is: ${open?.step.says ?? 'nothing'}.`;
  }
  if (mayBePending(run, 'promote'))
    return `A promotion was sent to ${candidate} and its end is not known: it may have happened, or may happen yet.`;
  return wasSent(run, 'promote')
    ? `${candidate} refused its promotion: none is pending there.`
    : 'No promotion was sent: this run has promoted nobody.';
}

function saySafe(run: Run): string {
  const { plan } = run;
  const wait = 'To wait is safe: nothing goes on by itself.';
  if (plan.kind === 'rejoin') return `${wait} ${plan.primary} serves meanwhile; ${plan.candidate} stays down.`;
  if (isDone(run, 'promote')) return `${wait} Should ${plan.candidate} fail, that is proposed as for any primary.`;
  if (mayBePending(run, 'promote'))
    return `${wait} It is not safe to promote another standby by hand, unless ${plan.candidate} is off for good.`;
  const when = isFenceProven(run) ? '' : `, once ${plan.primary} is surely off`;
  return `${wait} To promote a standby by hand is safe${when}: Petrov adopts it, and this run ends.`;
}

/** What giving it up does and leaves; of a rejoin at any time, of others once they're stuck. */
export function sayGivingUp(run: Run): string {
  const { plan } = run;
  if (plan.kind === 'rejoin')
    return `Its agent isn’t told to stop what it is at: ${plan.candidate} ends down and fenced, or as a standby.`;
  const does = sayInOrder(abandonSteps(run));
  return hasStarted(run, 'fence') && plan.fence.method !== 'unfenced'
    ? `${does} Then ${plan.primary} may serve as before. Not the way when you take over by hand: it starts ${plan.primary} again.`
    : does;
}

function sayLeaving(run: Run): string {
  const { fence } = run.plan;
  const steps = abandonSteps(run, true);
  const does = steps.length === 0 ? 'Does nothing at any server' : sayInOrder(steps).replace(/\.$/, '');
  return `${does}, and lifts nothing: ${fence.member} stays as it is. The cluster is guarded again at once, and a failover may be proposed with another standby or fence. To lift the fence later, by hand: ${liftByHand(fence)}.`;
}

function sayInOrder(steps: readonly Step[]): string {
  return steps.length === 0
    ? 'Nothing has to be taken back.'
    : `Does, in this order: ${steps.map((step) => lowerFirst(step.says)).join('; ')}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
