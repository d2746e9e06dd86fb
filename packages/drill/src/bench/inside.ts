// Was all of Petrov's care inside what was measured? By the stored journal and the record of that very run: a figure with the
// look, the fence, the journal or the audit off is a figure of something else. Pure.
import { type JournalEvent, LOOK_FRESH_MS } from '@petrov/core/journal';
import type { Plan, Step } from '@petrov/core/plan';
import type { AuditEntryView, AuditVerification } from '@petrov/core/wire';

export type RoundFacts = {
  readonly proposal: string;
  readonly plan: Plan;
  /** The journal as it's in the store, in its order. */
  readonly stored: readonly JournalEvent[];
  readonly audit: readonly AuditEntryView[];
  readonly verification: AuditVerification;
};

/** A sentence for each thing that was off; empty when all were on. */
export function findOff(facts: RoundFacts): readonly string[] {
  return [...findNoLook(facts), ...findNoFence(facts), ...findNoJournal(facts), ...findNoAudit(facts)];
}

/** The act's own attempt that came to its end, and the look right before its start. */
function findNoLook({ plan, stored }: RoundFacts): readonly string[] {
  return (
    [
      ['look', 'fence'],
      ['settle', 'promote'],
    ] as const
  ).flatMap(([looking, acting]) => {
    const look = findStep(plan, looking);
    const act = stored.findLastIndex((event) => event.type === 'started' && event.step === findStep(plan, acting)?.id);
    const looked = stored.slice(0, Math.max(0, act)).findLast((event) => isDone(event, look));
    if (act < 0 || looked === undefined) return [`look: nobody looked before ${acting}`];
    const ageMs = (stored[act]?.atMs ?? Number.POSITIVE_INFINITY) - looked.atMs;
    return ageMs <= LOOK_FRESH_MS ? [] : [`look: it was ${ageMs} ms old at the start of ${acting}`];
  });
}

function findNoFence({ plan, stored }: RoundFacts): readonly string[] {
  const promoted = stored.findIndex(
    (event) => event.type === 'started' && event.step === findStep(plan, 'promote')?.id,
  );
  const fenced = stored.slice(0, Math.max(0, promoted)).findLast((event) => isDone(event, findStep(plan, 'fence')));
  if (fenced === undefined) return [`fence: ${plan.primary} wasn't fenced before the promotion`];
  // Of another way than the agent's, its own answer is the proof: without it the step isn't done.
  if (plan.fence.method !== 'agent') return [];
  const proof = fenced.facts[plan.primary];
  const isProven = proof?.processesLeft === 0 && proof.fenced === true && proof.standbySignal === true;
  return isProven && proof.sharedMemoryAttached !== true ? [] : [`fence: ${plan.primary} was fenced without proof`];
}

/** All on the way to the promotion, but one that is only due when a sibling is ahead, and wasn't. */
function dueSteps({ plan, stored }: RoundFacts): readonly Step[] {
  return plan.steps.filter(
    ({ id, isFollowUp, ifAhead }) =>
      !isFollowUp && (ifAhead === undefined || stored.some((event) => event.type === 'started' && event.step === id)),
  );
}

function findNoJournal(facts: RoundFacts): readonly string[] {
  const { stored } = facts;
  return dueSteps(facts).flatMap((step) => {
    const started = stored.findIndex((event) => event.type === 'started' && event.step === step.id);
    const done = stored.findLastIndex((event) => isDone(event, step));
    return started >= 0 && done > started ? [] : [`journal: start and end of ${step.id} aren't in the store`];
  });
}

function findNoAudit(facts: RoundFacts): readonly string[] {
  const { proposal, audit, verification } = facts;
  const own = audit.filter((entry) => entry.proposal === proposal);
  const codes = ['P2001', 'P2003', 'P3001', 'P3009'].filter((code) => !own.some((entry) => entry.code === code));
  const steps = dueSteps(facts).filter(({ id }) =>
    ['P3002', 'P3003'].some((code) => !own.some((entry) => entry.code === code && entry.payload['step'] === id)),
  );
  return [
    ...(verification.ok ? [] : [`audit: ${verification.says}`]),
    ...codes.map((code) => `audit: ${code} isn't on the record`),
    ...steps.map(({ id }) => `audit: ${id} isn't on the record`),
  ];
}

function findStep({ steps }: Plan, verb: Step['verb']): Step | undefined {
  return steps.find((step) => step.verb === verb);
}

function isDone(event: JournalEvent, step: Step | undefined): event is Extract<JournalEvent, { type: 'done' }> {
  return event.type === 'done' && step !== undefined && event.step === step.id;
}
