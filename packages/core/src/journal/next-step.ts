// What the journal says is next. Status is folded from the events; an event that can't follow is a bug. A started step
// without an answer is ambiguous: what may still happen is never called failed.
import type { Step, StepVerb } from '../plan/plan.ts';
import { aim, findAhead, isTaken } from './ahead.ts';
import type { JournalEvent, Run } from './run.ts';

export type StepStatus = {
  readonly step: Step;
  readonly state: 'waiting' | 'running' | 'done' | 'refused' | 'ambiguous';
  readonly attempts: number;
  readonly startedAtMs?: number | undefined;
  readonly endedAtMs?: number | undefined;
  readonly says?: string | undefined;
};

export function foldSteps(run: Run): readonly StepStatus[] {
  return [...run.plan.steps, ...(run.abandoning?.steps ?? [])].map((step) => {
    let status: StepStatus = { step, state: 'waiting', attempts: 0 };
    for (const event of run.journal) if ('step' in event && event.step === step.id) status = foldEvent(status, event);
    return status;
  });
}

function foldEvent(status: StepStatus, event: Extract<JournalEvent, { step: string }>): StepStatus {
  if (event.type === 'started') {
    if (status.state === 'running' || event.attempt !== status.attempts + 1)
      throw new Error(`journal: ${event.step} cannot start attempt ${event.attempt} after ${status.attempts}`);
    return { step: status.step, state: 'running', attempts: event.attempt, startedAtMs: event.atMs };
  }
  if (status.state !== 'running' || event.attempt !== status.attempts)
    throw new Error(`journal: ${event.step} has no attempt ${event.attempt} running`);
  return { ...status, state: event.type, endedAtMs: event.atMs, says: event.says };
}

export const ATTEMPTS_MAX = 3;
/** A look older than this is repeated before the act it guards: it must be fresh at the moment of the act. */
export const LOOK_FRESH_MS = 3_000;
/** Each act and the look right before it. */
const guardOf = { fence: 'look', promote: 'settle' } as const;
/** What a rejoin does to a member's data, behind its fence. */
const changes: ReadonlySet<StepVerb> = new Set(['rewind', 'clone', 'start-as-standby']);

export type Next =
  | { readonly kind: 'start'; readonly step: Step; readonly attempt: number }
  | { readonly kind: 'wait'; readonly step: Step; readonly attempt: number }
  | { readonly kind: 'stuck'; readonly step: Step; readonly says: string }
  | { readonly kind: 'end' };

/** By step, how long ago this process has done that look, by a clock that is never set. */
export type LookAges = Readonly<Record<string, number>>;
type Looked = {
  readonly look: StepStatus;
  readonly sinceResume: Run['journal'];
  readonly nowMs: number;
  readonly lookAges: LookAges;
};

/** Pure: the same journal gives the same answer, before and after a crash; but for a look, which a new process repeats. */
export function nextStep(run: Run, nowMs: number, lookAges: LookAges = {}): Next {
  const all = foldSteps(run).map((status) => aimed(run, isOvertaken(run, status) ? waitAgain(status) : status));
  const statuses =
    run.abandoning === undefined ? all : all.filter((s) => run.abandoning?.steps.some((step) => step.id === s.step.id));
  const sinceResume = run.journal.slice(run.journal.findLastIndex((e) => e.type === 'resumed') + 1);
  for (const status of statuses) {
    const { step, attempts } = status;
    if (step.openBecause !== undefined) continue;
    const attempt = attempts + 1;
    if (isForeseenOnly(run, status, countTries(sinceResume, step))) continue;
    if (status.state === 'done') {
      if (mustLookAgain(run, statuses, { look: status, sinceResume, nowMs, lookAges }))
        return { kind: 'start', step, attempt };
      continue;
    }
    if (status.state === 'running') return { kind: 'wait', step, attempt: attempts };
    if (mayStart(status, sinceResume)) return { kind: 'start', step, attempt };
    if (step.isFollowUp) continue;
    return { kind: 'stuck', step, says: status.says ?? `${step.id} is ${status.state}` };
  }
  return { kind: 'end' };
}

/** Not begun; or let go on by a person; or unclear, and not too often yet. A follow-up that was refused stays open. */
function mayStart({ step, state }: StepStatus, sinceResume: Run['journal']): boolean {
  if (state === 'waiting') return true;
  const tries = countTries(sinceResume, step);
  return (tries === 0 && !step.isFollowUp) || (state === 'ambiguous' && tries < ATTEMPTS_MAX);
}

/** A look that is repeated, each time with an answer, has its tries anew. */
function countTries(journal: Run['journal'], { id, verb }: Step): number {
  const since = verb === 'look' ? journal.findLastIndex((e) => e.type === 'done' && e.step === id) : -1;
  return journal.slice(since + 1).filter((e) => e.type === 'started' && e.step === id).length;
}

/**
 * Between a look and the act it guards time may have passed, or it was another process that looked, or a person lets the run
 * go on after whatever they did, or the act was tried, or what the look rests on was done again: then look again first.
 */
function mustLookAgain(run: Run, statuses: readonly StepStatus[], at: Looked): boolean {
  const { look, nowMs, lookAges } = at;
  const act = statuses.find((s) => s.step.verb in guardOf && guardOf[s.step.verb as 'fence'] === look.step.verb);
  if (act === undefined || act.state === 'running') return false;
  if (act.state === 'done') return run.plan.kind === 'rejoin' && mustLookBehindFence(run, statuses, at);
  const movedOn = findLast(
    run,
    (e) => e.type === 'resumed' || (e.type === 'started' && (e.step === act.step.id || isOf(run, e.step, 'fence'))),
  );
  // The time of day may be set at any moment, the other clock stands still while the machine sleeps: the older age counts.
  const byDayMs = nowMs - (look.endedAtMs ?? -Infinity);
  const ageMs = Math.max(byDayMs, lookAges[look.step.id] ?? Infinity);
  return findLooked(run, look) < movedOn || byDayMs < 0 || ageMs > LOOK_FRESH_MS;
}

/**
 * The fence of a rejoin stands for as long as the data are changed. Whoever leads may have changed while the controller was
 * away, or a person was asked; and what became of the attempt before isn't known.
 */
function mustLookBehindFence(run: Run, statuses: readonly StepStatus[], at: Looked): boolean {
  const { look, sinceResume, lookAges } = at;
  const next = statuses.find((s) => changes.has(s.step.verb) && s.state !== 'done');
  if (next === undefined || next.state === 'running' || !mayStart(next, sinceResume)) return false;
  const isOfAnother = lookAges[look.step.id] === undefined;
  const movedOn = findLast(run, (e) => e.type === 'resumed' || (e.type === 'started' && e.step === next.step.id));
  return isOfAnother || findLooked(run, look) < movedOn;
}

function findLooked(run: Run, { step }: StepStatus): number {
  return findLast(run, (e) => e.type === 'done' && e.step === step.id);
}

function findLast({ journal }: Run, is: (event: JournalEvent) => boolean): number {
  return journal.findLastIndex(is);
}

/** Nobody is ahead; or somebody is again and again, and isn't followed for ever: the settling's refusal stands then. */
function isForeseenOnly(run: Run, { step, state }: StepStatus, tries: number): boolean {
  if (step.verb !== 'fast-forward' || state === 'running') return false;
  return findAhead(run) === undefined ? step.from === undefined : state === 'waiting' && tries >= ATTEMPTS_MAX;
}

/** What it came to holds no more: done anew, as if it had not been. */
function isOvertaken(run: Run, status: StepStatus): boolean {
  const { step, state } = status;
  if (step.verb === 'settle') return state === 'refused' && isTaken(run);
  if (step.verb === 'fast-forward') return state === 'done' && findAhead(run) !== undefined;
  return isFenceLifted(run, status);
}

/** Giving up began to lift the fence, whatever came of it: it's no proof any more. */
function isFenceLifted(run: Run, { step, state }: StepStatus): boolean {
  if (step.verb !== 'fence' || state !== 'done') return false;
  const fenced = run.journal.findLastIndex((e) => e.type === 'done' && e.step === step.id);
  return run.journal.findLastIndex((e) => e.type === 'started' && e.step.startsWith('unfence')) > fenced;
}

/** The fence was proven, and nobody has begun to lift it since. */
export function isFenceStanding(run: Run): boolean {
  return foldSteps(run).some((s) => s.step.verb === 'fence' && s.state === 'done' && !isFenceLifted(run, s));
}

function waitAgain({ step, attempts }: StepStatus): StepStatus {
  return { step, attempts, state: 'waiting' };
}

function aimed(run: Run, status: StepStatus): StepStatus {
  return { ...status, step: aim(run, status.step) };
}

function isOf(run: Run, id: string, verb: Step['verb']): boolean {
  return run.plan.steps.some((s) => s.id === id && s.verb === verb);
}

export function hasStarted(run: Run, verb: Step['verb']): boolean {
  return foldSteps(run).some((s) => s.step.verb === verb && s.attempts > 0);
}

/** Some attempt of it was handed out, or may have been. */
export function wasSent(run: Run, verb: Step['verb']): boolean {
  return countOf(run, verb, (e) => e.type === 'started') > countOf(run, verb, isUnsent);
}

/** It was sent, and some attempt neither is done nor was plainly refused: it may have happened, or may yet. */
export function mayBePending(run: Run, verb: Step['verb']): boolean {
  const isOver = (e: JournalEvent) => e.type === 'refused' || e.type === 'done' || isUnsent(e);
  return countOf(run, verb, (e) => e.type === 'started') > countOf(run, verb, isOver);
}

function countOf(run: Run, verb: Step['verb'], is: (event: JournalEvent) => boolean): number {
  return run.journal.filter((e) => 'step' in e && isOf(run, e.step, verb) && is(e)).length;
}

function isUnsent(event: JournalEvent): boolean {
  return event.type === 'ambiguous' && event.isUnsent === true;
}

export function isDone(run: Run, verb: Step['verb']): boolean {
  return foldSteps(run).some((s) => s.step.verb === verb && s.state === 'done');
}
