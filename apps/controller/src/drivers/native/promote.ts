// Promote: one guarded command at the candidate's agent. A later attempt first looks whether the one before it was done.
import type { Lsn } from '@petrov/core/cluster';
import {
  ambiguous,
  type Answered,
  commandOf,
  done,
  type DriverDeps,
  type Facts,
  fromAgent,
  type Perform,
} from '../driver.ts';
import { readMember } from '../facts.ts';

/** From the last look to the moment after which the target must not promote any more. */
const LOOK_GOOD_FOR_MS = 5_000;
/** Less isn't worth sending. */
const PROMOTE_WITHIN_MIN_MS = 500;

export async function promote(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { step, run } = perform;
  if (perform.attempt > 1) {
    const earlier = await findPromoted(deps, perform);
    if (earlier) return earlier;
  }
  const withinMs = Math.min(leftOfLookMs(deps, perform), step.deadlineMs);
  if (withinMs < PROMOTE_WITHIN_MIN_MS)
    return {
      ...ambiguous(
        `The last look is too old to promote on: nothing was sent to ${step.member}, it is looked at again.`,
      ),
      isUnsent: true,
    };
  const args = { timeline: run.plan.timeline, atLeastLsn: leastLsn(perform), withinMs };
  const command = { ...commandOf(perform, { verb: 'promote', args }), handOutWithinMs: withinMs };
  const asked = deps.desk.command(command, step.deadlineMs);
  deps.onActing(step.id);
  const told = await asked;
  const answer = { ...fromAgent(step.member, told), ...(told.kind === 'not-sent' ? { isUnsent: true } : {}) };
  if (answer.state === 'done') return checkPromoted(perform, answer);
  // The answer may have got lost, the promotion not: what the server is now says more.
  return (await findPromoted(deps, perform)) ?? answer;
}

/** Of a switchover: all that the old primary wrote, up to its shutdown checkpoint. */
function leastLsn({ run: { plan, journal } }: Perform): Lsn {
  const fenced = journal.findLast((event) => event.type === 'done' && event.step === 'fence');
  const last = fenced?.type === 'done' ? fenced.facts[plan.primary]?.lsn : undefined;
  return plan.kind === 'switchover' && last !== undefined ? last : plan.candidateLsn;
}

/**
 * Nothing is left of a look that isn't there, or that lies in the future of a clock that was set back. The time of day may be
 * set, and the other clock stands still while the machine sleeps: the older age counts.
 */
function leftOfLookMs({ clock }: DriverDeps, { run, lookedAtSteadyMs }: Perform): number {
  const looked = run.journal.findLast((event) => event.type === 'done' && /^(settle|look)/.test(event.step));
  const byDayMs = looked === undefined ? Infinity : clock.nowMs() - looked.atMs;
  const ageMs = Math.max(byDayMs, clock.monotonicMs() - lookedAtSteadyMs);
  return byDayMs < 0 ? 0 : Math.floor(Math.max(0, LOOK_GOOD_FOR_MS - ageMs));
}

/** The candidate, if it's out of recovery on a newer timeline of the same system. */
async function findPromoted(deps: DriverDeps, { run }: Perform): Promise<Answered | undefined> {
  const { candidate, timeline, systemIdentifier } = run.plan;
  const read = await readMember(deps.reach, run.cluster, candidate);
  if (!read.ok) return undefined;
  const { facts } = read;
  const isPromoted =
    facts.inRecovery === false && facts.systemIdentifier === systemIdentifier && (facts.timeline ?? 0) > timeline;
  return isPromoted ? done(sayPromoted(candidate, facts.timeline), { [candidate]: facts }) : undefined;
}

function checkPromoted({ run }: Perform, answer: Answered): Answered {
  const { candidate, timeline } = run.plan;
  const told: Facts[string] | undefined = answer.facts[candidate];
  if (told?.inRecovery === false && (told.timeline ?? 0) > timeline)
    return done(sayPromoted(candidate, told.timeline), answer.facts);
  return ambiguous(`The agent on ${candidate} says it was promoted and doesn't show it: ${answer.says}`, answer.facts);
}

function sayPromoted(candidate: string, timeline: number | undefined): string {
  return `${candidate} is out of recovery on timeline ${timeline}.`;
}
