// What must hold when somebody is promoted, or a fence is lifted: the old primary can't take writes, those who look saw it just
// now, it's the only promotion of its epoch.
import type { JournalEvent, Run } from '@petrov/core/journal';
import type { Seen, Violation } from './invariants.ts';
import { type Act, type Model, type Perform, WITNESSES } from './model.ts';

const LOOK_FRESH_MS = 3_000;

/** Servers that may take writes at once, by nobody else's hand. (I7) */
export function checkWritable({ truth }: Model): Violation | undefined {
  const leading = Object.keys(truth.servers).filter((id) => truth.servers[id] === 'leads');
  return truth.isTakenOver || leading.length <= 1
    ? undefined
    : { invariant: 'I7', says: `${leading.join(' and ')} may take writes at once` };
}

export function checkPromote(seen: Seen, perform: Perform): Violation | undefined {
  const { step, run } = perform;
  const { before, after, input } = seen;
  if (step.verb === 'unfence') return checkUnfence(before, run);
  if (step.verb !== 'promote') return undefined;
  if (run.plan.fence.method !== 'unfenced' && !after.truth.isFenced)
    return { invariant: 'I7', says: `promote while nothing proves that ${run.plan.primary} is fenced` };
  const settled = findDone(after.stored.run, 'settle');
  if (settled === undefined || !isRecent(input.nowMs - settled.atMs))
    return { invariant: 'I3', says: 'promote without a settle done less than 3 s before' };
  const writable = Object.keys(settled.facts).find((id) => {
    return id !== run.plan.candidate && settled.facts[id]?.inRecovery === false;
  });
  if (writable !== undefined) return { invariant: 'I7', says: `promote though ${writable} was read taking writes` };
  return (
    checkOnce(seen, perform) ??
    (run.plan.kind === 'switchover' ? checkClean(after, perform) : checkWitnesses(seen, perform))
  );
}

function checkUnfence({ truth }: Model, { plan }: Run): Violation | undefined {
  const broken = (says: string): Violation => ({ invariant: 'I7', says: `${plan.primary} is un-fenced while ${says}` });
  if (truth.promotion !== 'no') return broken(`${plan.candidate} may be promoted`);
  return truth.toldLeader === plan.primary ? undefined : broken(`${truth.toldLeader} leads`);
}

function checkOnce({ before, after, input: { nowMs } }: Seen, { run, epoch }: Perform): Violation | undefined {
  if (after.truth.promoted.includes(epoch)) {
    // A repeated promote finds what the first one did; only a look that saw the candidate promoted may precede it.
    const found = findDone(after.stored.run, 'settle')?.facts[run.plan.candidate];
    if (found?.inRecovery !== false) return { invariant: 'I8', says: `a second promotion in epoch ${epoch}` };
  }
  const other = before.truth.promotedBy[epoch];
  if (other !== undefined && other !== run.id)
    return { invariant: 'I8', says: `${run.id} promotes in epoch ${epoch} of ${other}` };
  // Whoever performs it answers or drops it by its deadline.
  const isUnderWay = (act: Act) => act.step.verb === 'promote' && nowMs - act.sentAtMs <= act.step.deadlineMs;
  return before.outstanding.some((act) => act.run.id === run.id && isUnderWay(act))
    ? { invariant: 'I8', says: 'a promote is sent while another one is under way' }
    : undefined;
}

/** Of a failover: a quorum asked after the question still found the primary out. */
function checkWitnesses({ after, input: { nowMs } }: Seen, { run }: Perform): Violation | undefined {
  const { truth, stored } = after;
  const asked = stored.run?.journal.findLast((e) => e.type === 'started' && e.step === 'settle');
  const nonce = asked?.type === 'started' ? `${run.id}/settle/${asked.attempt}` : 'never asked';
  const fresh = WITNESSES.map((id) => truth.answers[id]).filter(
    (a) => a?.isBad === true && a.asked?.isBad === true && a.asked.nonce === nonce && isRecent(nowMs - a.asked.atMs),
  );
  return fresh.length < 2
    ? { invariant: 'I3', says: `promote without a quorum's answer to ${nonce}, younger than 3 s` }
    : undefined;
}

/** Of a switchover: the primary stopped cleanly, so that the candidate has all that it wrote. */
function checkClean({ truth }: Model, { run: { plan } }: Perform): Violation | undefined {
  return truth.isClean
    ? undefined
    : { invariant: 'I7', says: `promote beside ${plan.primary}, which did not stop cleanly` };
}

export function findDone(run: Run | undefined, step: string): Extract<JournalEvent, { type: 'done' }> | undefined {
  const event = run?.journal.findLast((e) => e.type === 'done' && e.step === step);
  return event?.type === 'done' ? event : undefined;
}

export function isRecent(ageMs: number): boolean {
  return ageMs >= 0 && ageMs <= LOOK_FRESH_MS;
}
