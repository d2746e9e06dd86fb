// The steps of giving up a run, from what its journal says was started. Without a promotion in flight the fence is simply
// lifted; with one, the candidate is stopped and started first (measured: only that drops a pending promotion).
import { hasStarted, mayBePending, type Run, wasSent } from '../journal/index.ts';
import { type Step, unfenceWords } from '../plan/index.ts';

/** `leavesFence`: nothing is lifted; only what may make a second primary yet is dropped. */
export function abandonSteps(run: Run, leavesFence = false): readonly Step[] {
  const { candidate, primary, kind } = run.plan;
  if (kind === 'rejoin') return []; // it stays down and fenced: what was half done to it must not be started
  const attempt = run.journal.filter(
    (e) =>
      e.type === 'started' &&
      e.attempt === 1 &&
      /^(unfence|drop-promotion|restore-sync|drop-slots|point-back)/.test(e.step),
  ).length;
  const suffix = attempt === 0 ? '' : `-${attempt}`;
  const steps: Step[] = [];
  // Before a fence is lifted a promotion that its target refused is dropped as well: nothing is taken on trust there.
  if (leavesFence ? mayBePending(run, 'promote') : wasSent(run, 'promote')) {
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
  if (hasStarted(run, 'fence') && run.plan.fence.method !== 'unfenced' && !leavesFence) {
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
  return [...steps, ...giveBack(run, suffix, leavesFence)];
}

/** Whom the candidate waited for, kept WAL for and followed before. */
function giveBack(run: Run, suffix: string, leavesFence: boolean): readonly Step[] {
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
  const slots = findSlotsMade(run);
  if (slots.length > 0) {
    steps.push({
      id: `drop-slots${suffix}`,
      verb: 'drop-slots',
      member: candidate,
      slots: [...slots],
      says: `Drop the slots of ${candidate} that were made for who would have followed it`,
      command: `agent on ${candidate}: drop-slots ${slots.join(', ')}`,
      undo: 'nothing-to-undo',
      deadlineMs: 10_000,
      doneWhen: `${candidate} hasn't them`,
      isFollowUp: true,
    });
  }
  const took = run.plan.steps.find((s) => s.verb === 'fast-forward');
  // A fenced primary has nothing to stream.
  if (took !== undefined && hasStarted(run, 'fast-forward') && !leavesFence) {
    const { ifAhead: _, atLeastLsn: __, ...back } = took;
    steps.push({
      ...back,
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

/** By what the agent told; where an attempt ended without a word of it, all that were to be made. */
function findSlotsMade({ plan, journal }: Run): readonly string[] {
  return plan.steps.flatMap(({ id, slots = [] }) => {
    const attempts = journal.filter((e) => e.type === 'started' && e.step === id).length;
    const told = journal.flatMap((e) => {
      const made = e.type === 'done' && e.step === id ? e.facts[plan.candidate]?.slotsMade : undefined;
      return made === undefined ? [] : [made];
    });
    return told.length < attempts ? slots : [...new Set(told.flat())];
  });
}
