// The promises of Petrov, each as a question to one step of the engine: what came in, what came out, and what was true in
// the world. They share no code with the guards that keep them. Numbers are those of ARCHITECTURE.md.
import { digestOf, materialPlan } from '@petrov/core/approval';
import type { Effect } from '@petrov/core/engine';
import { foldSteps } from '@petrov/core/journal';
import { isEnded, type Proposal, transitions } from '@petrov/core/proposal';
import type { Watcher } from './apply.ts';
import { checkAct, checkAsked, checkEnd, checkWay } from './invariants-of-changes.ts';
import { checkPromote, checkWritable } from './invariants-of-promotion.ts';
import { type Model, type Perform, quickHash } from './model.ts';

export type InvariantId =
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I7'
  | 'I8'
  /** Nothing is performed that isn't in the journal; no state changes but by the table; what is stored is what is believed. */
  | 'order'
  | 'table'
  | 'journal'
  /** A question has somebody who may ask it, of members and a primary that are so. */
  | 'asked'
  /** Nothing begins before the time it was asked for, or long after it was approved. */
  | 'when'
  /** A rejoin touches the member that comes back, behind the primary that was approved, and promotes nobody. */
  | 'rejoin'
  /** A failover that is due waits for nothing that was only asked for. */
  | 'way'
  /** What ends without a promotion leaves the primary as it was. */
  | 'left';
export type Violation = { readonly invariant: InvariantId; readonly says: string };
export type Seen = Parameters<Watcher>[0];

export function findViolation(seen: Seen): Violation | undefined {
  const { effects, before } = seen;
  for (const [index, effect] of effects.entries()) {
    const broken =
      effect.type === 'perform'
        ? (checkOrder(effects.slice(0, index), effect) ??
          checkApproved(seen, effect) ??
          checkPromote(seen, effect) ??
          checkAct(seen, effect))
        : undefined;
    if (broken !== undefined) return broken;
  }
  return (
    checkTable(before.stored.proposal, effects) ??
    checkJournal(seen.after) ??
    checkWritable(seen.after) ??
    checkAsked(seen) ??
    checkEnd(seen) ??
    checkWay(seen)
  );
}

/** Nothing is performed whose `started` isn't stored by the same step, before it. */
function checkOrder(earlier: readonly Effect[], { run, step, attempt }: Perform): Violation | undefined {
  const isStored = earlier.some(
    (e) =>
      e.type === 'store' &&
      e.what === 'journal' &&
      e.run === run.id &&
      e.event.type === 'started' &&
      e.event.step === step.id &&
      e.event.attempt === attempt,
  );
  return isStored ? undefined : { invariant: 'order', says: `${step.id} is performed and not in the journal` };
}

/** I1: a person with the right approved this very revision. I2: what they approved is what runs. */
function checkApproved({ after }: Seen, { run, step }: Perform): Violation | undefined {
  const given = after.truth.approvals.find((a) => a.proposal === run.proposal && a.revision === run.revision);
  const { proposal } = after.stored;
  const stored = proposal !== undefined && 'approval' in proposal ? proposal.approval : undefined;
  if (given === undefined) return { invariant: 'I1', says: `${step.id} runs and no approver approved ${run.proposal}` };
  if (proposal?.id !== run.proposal)
    return { invariant: 'I1', says: `${step.id} runs for ${run.proposal}, whose place ${proposal?.id} took` };
  if (stored?.kind !== 'approve' || stored.actor.role !== 'approver' || stored.revision !== run.revision)
    return { invariant: 'I1', says: `${step.id} runs without a stored approval of revision ${run.revision}` };
  const digest = digestOf(materialPlan(run.plan), quickHash);
  const names = ['plan', 'evidenceFor', 'evidenceAgainst', 'policy'] as const;
  if (digest !== given.digests.plan || run.planDigest !== digest)
    return { invariant: 'I2', says: `${step.id} runs of another plan than was approved` };
  return names.every((name) => stored.digests[name] === given.digests[name])
    ? undefined
    : { invariant: 'I2', says: 'the approval on record is not over what the person saw' };
}

/** No state changes but by a row of the table; what an ended proposal was stays. */
function checkTable(before: Proposal | undefined, effects: readonly Effect[]): Violation | undefined {
  let last = before;
  for (const effect of effects) {
    if (effect.type !== 'store' || effect.what !== 'proposal') continue;
    const { proposal } = effect;
    const from = last?.id === proposal.id ? last.state : undefined;
    const isRow = transitions.some((row) => row.from === from && row.to === proposal.state);
    const isBirth = from === undefined && proposal.state === 'open';
    const isNote = from === 'stuck' && proposal.state === 'stuck';
    if (isBirth && last !== undefined && !isEnded(last.state))
      return { invariant: 'table', says: `${proposal.id} is opened while ${last.id} is ${last.state}` };
    if (!isRow && !isBirth && !isNote)
      return { invariant: 'table', says: `${proposal.id} went from ${from ?? 'nothing'} to ${proposal.state}` };
    last = proposal;
  }
  return undefined;
}

/** What is stored can be folded again, and is what the engine believes. */
function checkJournal({ stored, engine }: Model): Violation | undefined {
  const own = engine.clusters.get(stored.record?.cluster ?? '')?.run;
  if (own === undefined || stored.run === undefined) return undefined;
  try {
    foldSteps(stored.run);
  } catch (error) {
    return { invariant: 'journal', says: error instanceof Error ? error.message : String(error) };
  }
  return own.journal.length === stored.run.journal.length
    ? undefined
    : { invariant: 'journal', says: `${own.journal.length} events believed, ${stored.run.journal.length} stored` };
}
