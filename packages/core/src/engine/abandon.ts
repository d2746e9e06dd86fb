// The steps of giving up a run, from what its journal says was started. Without a promotion in flight the fence is simply
// lifted; with one, the candidate is stopped and started first (measured: only that drops a pending promotion).
import { hasStarted, type Run } from '../journal/index.ts';
import { type Step, unfenceWords } from '../plan/index.ts';

export function abandonSteps(run: Run): readonly Step[] {
  const { candidate, primary, kind } = run.plan;
  if (kind === 'rejoin') return []; // it stays down and fenced: what was half done to it must not be started
  const attempt = run.journal.filter(
    (e) => e.type === 'started' && e.attempt === 1 && /^(unfence|drop-promotion|restore-sync|point-back)/.test(e.step),
  ).length;
  const suffix = attempt === 0 ? '' : `-${attempt}`;
  const steps: Step[] = [];
  if (hasStarted(run, 'promote')) {
    steps.push({
      id: `drop-promotion${suffix}`,
      verb: 'drop-promotion',
      member: candidate,
      says: `Stop and start ${candidate}: a promotion that may be pending is dropped`,
      command: `agent on ${candidate}: restart-candidate`,
      undo: 'nothing-to-undo',
      deadlineMs: 60_000,
      doneWhen: `${candidate} is in recovery on timeline ${run.plan.timeline}`,
      isFollowUp: false,
    });
  }
  if (hasStarted(run, 'fence') && run.plan.fence.method !== 'unfenced') {
    steps.push({
      id: `unfence${suffix}`,
      verb: 'unfence',
      member: primary,
      ...unfenceWords(run.plan.fence),
      undo: 'reversible',
      deadlineMs: run.plan.steps.find((s) => s.verb === 'fence')?.deadlineMs ?? 15_000,
      isFollowUp: false,
    });
  }
  return [...steps, ...giveBack(run, suffix)];
}

/** Whom the candidate waited for and followed before. */
function giveBack(run: Run, suffix: string): readonly Step[] {
  const { candidate, primary } = run.plan;
  const steps: Step[] = [];
  if (hasStarted(run, 'prepare')) {
    steps.push({
      id: `restore-sync${suffix}`,
      verb: 'restore-sync',
      member: candidate,
      says: `Let commits at ${candidate} wait for the standbys of before`,
      command: `agent on ${candidate}: synchronous_standby_names as it was, reload`,
      undo: 'reversible',
      deadlineMs: 10_000,
      doneWhen: `${candidate} shows them`,
      isFollowUp: true,
    });
  }
  const took = run.plan.steps.find((s) => s.verb === 'fast-forward');
  if (took !== undefined && hasStarted(run, 'fast-forward')) {
    steps.push({
      ...took,
      id: `point-back${suffix}`,
      verb: 'repoint',
      from: primary,
      says: `${candidate} follows ${primary} again`,
      command: `agent on ${candidate}: primary_conninfo host of ${primary}, reload`,
      deadlineMs: 20_000,
      doneWhen: `${candidate} streams from ${primary}`,
      isFollowUp: true,
    });
  }
  return steps;
}
