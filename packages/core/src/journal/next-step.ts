// What the journal says is next. Status is folded from the events; an event that can't follow is a bug. A started step
// without an answer is ambiguous: what may still happen is never called failed.
import type { Step } from '../plan/plan.ts';
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
/** A settle older than this is repeated before promote: the last look must be fresh at the moment of the act. */
export const SETTLED_FRESH_MS = 3_000;

export type Next =
  | { readonly kind: 'start'; readonly step: Step; readonly attempt: number }
  | { readonly kind: 'wait'; readonly step: Step; readonly attempt: number }
  | { readonly kind: 'stuck'; readonly step: Step; readonly says: string }
  | { readonly kind: 'end' };

/** Pure: the same journal gives the same answer, before and after a crash. */
export function nextStep(run: Run, nowMs: number): Next {
  const all = foldSteps(run);
  const statuses =
    run.abandoning === undefined ? all : all.filter((s) => run.abandoning?.steps.some((step) => step.id === s.step.id));
  const sinceResume = run.journal.slice(run.journal.findLastIndex((e) => e.type === 'resumed') + 1);
  for (const status of statuses) {
    const { step, attempts } = status;
    const attempt = attempts + 1;
    if (status.state === 'done') {
      if (step.verb === 'settle' && mustSettleAgain(statuses, status, nowMs)) return { kind: 'start', step, attempt };
      continue;
    }
    if (status.state === 'running') return { kind: 'wait', step, attempt: attempts };
    if (status.state === 'waiting') return { kind: 'start', step, attempt };
    const tries = sinceResume.filter((e) => e.type === 'started' && e.step === step.id).length;
    const isResumed = tries === 0;
    if (step.isFollowUp) {
      if (status.state === 'ambiguous' && tries < ATTEMPTS_MAX) return { kind: 'start', step, attempt };
      continue;
    }
    if (isResumed || (status.state === 'ambiguous' && tries < ATTEMPTS_MAX)) return { kind: 'start', step, attempt };
    return { kind: 'stuck', step, says: status.says ?? `${step.id} is ${status.state}` };
  }
  return { kind: 'end' };
}

/** Between settle and promote time may have passed (a restart, a person's resume): then look again first. */
function mustSettleAgain(statuses: readonly StepStatus[], settle: StepStatus, nowMs: number): boolean {
  const promote = statuses.find((s) => s.step.verb === 'promote');
  if (promote === undefined || promote.state === 'done' || promote.state === 'running') return false;
  return nowMs - (settle.endedAtMs ?? 0) > SETTLED_FRESH_MS;
}

export function hasStarted(run: Run, verb: Step['verb']): boolean {
  return foldSteps(run).some((s) => s.step.verb === verb && s.attempts > 0);
}

export function isDone(run: Run, verb: Step['verb']): boolean {
  return foldSteps(run).some((s) => s.step.verb === verb && s.state === 'done');
}
