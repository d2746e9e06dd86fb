// What must hold of changes that people ask for: who may ask what, when it may begin, whom it may touch, what comes before it,
// and how it leaves what it began.
import { isEnded, type Proposal } from '@petrov/core/proposal';
import type { Seen, Violation } from './invariants.ts';
import { findDone, isRecent } from './invariants-of-promotion.ts';
import { EXECUTION_EXPIRY_MS, type Perform } from './model.ts';

const TOUCHES: ReadonlySet<string> = new Set(['fence', 'rewind', 'clone', 'start-as-standby']);

/** What can't be taken back, and what it rests on; of a rejoin the start as well. */
const AFTER_A_LOOK: ReadonlySet<string> = new Set(['fence', 'promote', 'rewind', 'clone']);

export function checkAsked({ before, after, input, effects }: Seen): Violation | undefined {
  const opened = effects.flatMap((e) => (e.type === 'store' && e.what === 'proposal' ? [e.proposal] : [])).at(-1);
  if (opened === undefined || opened.id === before.stored.proposal?.id) return undefined;
  const broken = (says: string): Violation => ({ invariant: 'asked', says: `${opened.id} is opened: ${says}` });
  if (input.type !== 'request') {
    const isByPerson = opened.request !== undefined && opened.request.by.kind !== 'engine';
    return isByPerson ? broken('nobody asked for it now') : undefined;
  }
  const { member = '', kind, expectedPrimary, actor, notBeforeMs } = input.request;
  const { toldLeader, servers } = after.truth;
  const live = before.stored.proposal;
  if (actor.via === 'drill' || (actor.role !== 'operator' && actor.role !== 'approver'))
    return broken(`${actor.role} by ${actor.via} has no right to ask`);
  if (live !== undefined && !isEnded(live.state)) return broken(`${live.id} was ${live.state}`);
  if (!(member in servers)) return broken(`${member} is unknown`);
  if (member === toldLeader) return broken(`a ${kind} of the primary itself`);
  if (expectedPrimary !== undefined && expectedPrimary !== toldLeader)
    return broken(`${expectedPrimary} isn't the primary`);
  if (notBeforeMs !== undefined && notBeforeMs < input.nowMs) return broken('its time is over');
  const { plan } = opened.revision;
  return plan.kind === kind && plan.candidate === member && plan.primary === toldLeader
    ? undefined
    : broken(`a ${plan.kind} of ${plan.candidate} was not what was asked for`);
}

export function checkAct(seen: Seen, perform: Perform): Violation | undefined {
  const { run, step } = perform;
  const { before, after, input } = seen;
  const { plan } = run;
  const notBeforeMs = after.truth.scheduled[run.proposal] ?? -Infinity;
  if (input.nowMs < notBeforeMs) return { invariant: 'when', says: `${step.id} begins before its time` };
  if (step.verb === 'look' || step.verb === 'settle') return undefined;
  const approvedAtMs = after.truth.approvals.findLast((a) => a.proposal === run.proposal)?.atMs ?? -Infinity;
  const isLate = input.nowMs >= Math.max(approvedAtMs, notBeforeMs) + EXECUTION_EXPIRY_MS;
  if (!before.truth.acted.includes(run.id) && isLate)
    return { invariant: 'when', says: `${step.id} begins long after the approval` };
  const unlooked = checkLooked(after, perform);
  if (unlooked !== undefined) return unlooked;
  if (plan.kind !== 'failover' && step.verb === 'fence') {
    const looked = findDone(after.stored.run, 'look');
    const leads = looked?.facts[plan.primary]?.inRecovery === false || before.truth.acted.includes(run.id);
    if (looked === undefined || !isRecent(input.nowMs - looked.atMs) || !leads)
      return {
        invariant: 'I3',
        says: `${step.member} is stopped though no look just now found ${plan.primary} leading`,
      };
  }
  return plan.kind === 'rejoin' ? checkRejoin(seen, { run, step }) : undefined;
}

/** Somebody looked since a person let the run go on, since a new process took it up, and since the attempt before. */
function checkLooked({ stored, truth }: Seen['after'], { run, step, attempt }: Perform): Violation | undefined {
  const { journal = [] } = stored.run ?? {};
  const isGuarded = AFTER_A_LOOK.has(step.verb) || (run.plan.kind === 'rejoin' && step.verb === 'start-as-standby');
  const lookedAt = journal.findLastIndex((e) => e.type === 'done' && (e.step === 'look' || e.step === 'settle'));
  const since = [
    [journal.findLastIndex((e) => e.type === 'resumed'), 'a person let the run go on'],
    [(truth.taken?.run === run.id ? truth.taken.events : 0) - 1, 'a new process took the run up'],
    [
      journal.findLastIndex((e) => e.type === 'started' && e.step === step.id && e.attempt < attempt),
      'the attempt before',
    ],
  ] as const;
  const passed = since.find(([at]) => lookedAt < at);
  return isGuarded && passed !== undefined
    ? { invariant: 'I3', says: `${step.id} begins though nobody looked since ${passed[1]}` }
    : undefined;
}

function checkRejoin({ before }: Seen, { run: { plan }, step }: Pick<Perform, 'run' | 'step'>): Violation | undefined {
  const { toldLeader } = before.truth;
  const broken = (says: string): Violation => ({ invariant: 'rejoin', says });
  if (step.isFollowUp) {
    const isTidying = step.verb === 'drop-old-slots' && step.member === plan.candidate;
    return isTidying ? undefined : broken(`${step.id} after a rejoin of ${plan.candidate}`);
  }
  if (!TOUCHES.has(step.verb) || step.member !== plan.candidate)
    return broken(`${step.id} of a rejoin of ${plan.candidate}`);
  if (step.member === toldLeader) return broken(`${step.id} at ${step.member}, which is the primary`);
  return toldLeader === plan.primary
    ? undefined
    : broken(`${step.id} goes on behind ${plan.primary} though ${toldLeader} leads`);
}

/** A failover that's due: believed at this tick by an engine that doesn't doubt itself. */
export function checkWay({ after, input }: Seen): Violation | undefined {
  const { stored, engine } = after;
  const cluster = engine.clusters.get(stored.record?.cluster ?? '');
  const isDue = cluster?.assessment?.action === 'propose-failover' && input.nowMs >= engine.doubtUntilMs;
  if (input.type !== 'tick' || !isDue) return undefined;
  const { proposal } = stored;
  const isChanging = cluster.run !== undefined && cluster.run.plan.kind !== 'rejoin';
  if (cluster.run?.plan.kind === 'rejoin') return { invariant: 'way', says: `${cluster.run.id} goes on` };
  return proposal?.request !== undefined && !isEnded(proposal.state) && !isChanging
    ? { invariant: 'way', says: `a failover is due and ${proposal.id} is ${proposal.state}` }
    : undefined;
}

/** Given up: the fence is lifted and nobody is promoted. Ended otherwise without success: nothing was done. */
export function checkEnd({ before, after, effects }: Seen): Violation | undefined {
  const ended = effects.flatMap((e) => (e.type === 'store' && e.what === 'proposal' ? [e.proposal] : []));
  return ended.flatMap((p) => checkLeft(p, before.truth, after.truth) ?? [])[0];
}

function checkLeft(
  proposal: Proposal,
  before: Seen['before']['truth'],
  after: Seen['after']['truth'],
): Violation | undefined {
  const { state, revision } = proposal;
  const broken = (says: string): Violation => ({ invariant: 'left', says: `${proposal.id} is ${state}: ${says}` });
  const { primary, candidate, kind } = revision.plan;
  const run = 'run' in proposal ? proposal.run : undefined;
  if (!isEnded(state) || state === 'succeeded') return undefined;
  if (state === 'abandoned' && kind !== 'rejoin') {
    if (before.promotion !== 'no') return broken(`${candidate} may be promoted`);
    const isLed = after.toldLeader !== primary; // then it must stay fenced
    return after.mayBeFenced === primary && !isLed ? broken(`${primary} may still be fenced`) : undefined;
  }
  if (kind === 'rejoin' && (state === 'superseded' || state === 'abandoned')) return undefined;
  return run !== undefined && after.acted.includes(run) ? broken(`${run} had begun to act`) : undefined;
}
