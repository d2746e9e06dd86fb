// Who is ahead is known for good only once the primary is fenced: the settling finds it, the candidate takes that WAL by the
// step that the plan foresees for the case, and it's settled again. All of it is read from the journal.
import { type Ahead, aimFastForward, type Step } from '../plan/index.ts';
import type { JournalEvent, Run } from './run.ts';

/** Found by the newest settling, and neither taken since nor left to a person. */
export function findAhead(run: Run): Ahead | undefined {
  const settled = lastEndOf(run, 'settle');
  const found = run.journal[settled];
  if (found?.type !== 'refused' || found.ahead === undefined || isTaken(run)) return undefined;
  const isResumed = run.journal.slice(settled).some((e) => e.type === 'resumed');
  return isResumed ? undefined : found.ahead;
}

/** The newest settling found somebody ahead, and the candidate has taken that since: settle again. */
export function isTaken(run: Run): boolean {
  const settled = lastEndOf(run, 'settle');
  const found = run.journal[settled];
  if (found?.type !== 'refused' || found.ahead === undefined) return false;
  return run.journal.slice(settled).some((e) => e.type === 'done' && verbOf(run, e) === 'fast-forward');
}

/** What the settlings of this run saw of others' WAL. */
export function listSeenAhead(run: Run): readonly Ahead[] {
  return run.journal.flatMap((e) => (e.type === 'refused' && e.ahead !== undefined ? [e.ahead] : []));
}

/** As it's to be done now: from the one that was found ahead, or as the plan says. */
export function aim(run: Run, step: Step): Step {
  const ahead = step.verb === 'fast-forward' ? findAhead(run) : undefined;
  return ahead === undefined ? step : aimFastForward(step, ahead);
}

function lastEndOf(run: Run, verb: Step['verb']): number {
  return run.journal.findLastIndex((e) => 'step' in e && e.type !== 'started' && verbOf(run, e) === verb);
}

function verbOf(run: Run, event: Extract<JournalEvent, { step: string }>): Step['verb'] | undefined {
  return run.plan.steps.find((s) => s.id === event.step)?.verb;
}
