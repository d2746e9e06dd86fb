// Where the time between the approval and the first commit went, by the journal's own times (the wall clock of the machine
// that the controller and the client share). Pure.
import type { JournalEvent } from '@petrov/core/journal';
import type { Plan } from '@petrov/core/plan';

/** In their order. Each is from the end of the one before; the last may be below 0: a client is served before it's told. */
export const PARTS = ['decide', 'look', 'fence', 'settle', 'promote', 'client'] as const;
export type Parts = Readonly<Record<(typeof PARTS)[number], number>>;

export function partsOf(
  journal: readonly JournalEvent[],
  of: { readonly plan: Plan; readonly approvedAtMs: number; readonly writableAtMs: number },
): Parts {
  const endOf = (verb: string): number => {
    const step = of.plan.steps.find((one) => one.verb === verb)?.id;
    return journal.findLast((event) => event.type === 'done' && event.step === step)?.atMs ?? Number.NaN;
  };
  const began = journal.find((event) => event.type === 'started')?.atMs ?? Number.NaN;
  const [look, fence, settle, promote] = ['look', 'fence', 'settle', 'promote'].map(endOf) as [
    number,
    number,
    number,
    number,
  ];
  return {
    decide: began - of.approvedAtMs,
    look: look - began,
    fence: fence - look,
    settle: settle - fence,
    promote: promote - settle,
    client: of.writableAtMs - promote,
  };
}
