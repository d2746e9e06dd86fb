// What a look reads of the members themselves, as a judgment: is the candidate what the plan says, is nobody else out of
// recovery, is nobody ahead of it, and is no more lost than was approved? (Invariants I7, I9)
import { sayBytes } from '../assessment/words.ts';
import { isLsnAtLeast, type Lsn, lsnDistanceBytes, maxLsn } from '../cluster/index.ts';
import { listSeenAhead, hasStarted, type Run } from '../journal/index.ts';
import type { Ahead, Step } from '../plan/index.ts';
import type { MemberFacts } from '../wire/agent.ts';

type Facts = Readonly<Record<string, MemberFacts>>;
/** `ahead`: what stands in the way is WAL that the plan lets the candidate take first. */
export type Trouble = { readonly says: string; readonly ahead?: Ahead | undefined };

export function refuseMembers(run: Run, step: Step, facts: Facts): Trouble | undefined {
  const says = refuseCandidate(run, facts);
  if (says !== undefined) return { says };
  const position = positionOf(facts[run.plan.candidate]);
  if (isPromoted(run, facts) || position === undefined) return undefined;
  const loss = () => {
    const lost = (step.verb === 'settle' ? refuseLeft(run, position) : undefined) ?? refuseLoss(run, position);
    return lost === undefined ? undefined : { says: lost };
  };
  return refuseAhead(run, step, { facts, position }) ?? loss();
}

/** A promotion that was sent and never answered may have happened: then promote only has to recognise it. */
export function isPromoted(run: Run, facts: Facts): boolean {
  const candidate = facts[run.plan.candidate];
  return hasStarted(run, 'promote') && candidate?.inRecovery === false && (candidate.timeline ?? 0) > run.plan.timeline;
}

/** Candidate as planned; nobody out of recovery. */
function refuseCandidate(run: Run, facts: Facts): string | undefined {
  const { plan } = run;
  const candidate = facts[plan.candidate];
  if (candidate === undefined) return `${plan.candidate} could not be read.`;
  const isDone = isPromoted(run, facts);
  const writable = Object.entries(facts).find(
    ([member, f]) => f.inRecovery === false && !(isDone && member === plan.candidate),
  );
  if (writable !== undefined)
    return `${writable[0]} is out of recovery already (timeline ${writable[1].timeline ?? 'unknown'}).`;
  if (candidate.systemIdentifier !== plan.systemIdentifier) return `${plan.candidate} belongs to another system.`;
  if (isDone) return undefined;
  if (candidate.inRecovery !== true) return `${plan.candidate} does not answer as a standby.`;
  if (candidate.timeline !== undefined && candidate.timeline !== plan.timeline)
    return `${plan.candidate} is on timeline ${candidate.timeline}, planned was ${plan.timeline}.`;
  const position = positionOf(candidate);
  return position === undefined || !isLsnAtLeast(position, plan.candidateLsn)
    ? `${plan.candidate} stands at ${position ?? 'an unknown position'}, before the planned ${plan.candidateLsn}.`
    : undefined;
}

type At = { readonly facts: Facts; readonly position: Lsn };

/**
 * A sibling that is ahead never follows. Where the plan lets the candidate take from it, that is done once positions are final,
 * at the settling. Else none that the plan repoints may be ahead, and of the others' WAL no more is left behind than was approved.
 */
function refuseAhead(run: Run, step: Step, { facts, position }: At): Trouble | undefined {
  const { plan } = run;
  const givers = plan.steps.find((s) => s.verb === 'fast-forward')?.ifAhead ?? [];
  let furthest: (Ahead & { readonly bytes: number }) | undefined;
  for (const [member, other] of Object.entries(facts)) {
    const lsn = positionOf(other);
    const isOfLine = other.timeline === undefined || other.timeline === plan.timeline;
    if (member === plan.primary || member === plan.candidate || lsn === undefined || !isOfLine) continue;
    const bytes = lsnDistanceBytes(position, lsn);
    // While a promotion may be pending, whom the candidate follows isn't touched any more.
    if (givers.includes(member) && !hasStarted(run, 'promote')) {
      if (bytes > (furthest?.bytes ?? 0)) furthest = { member, lsn, bytes };
      continue;
    }
    const isSibling = plan.steps.some((s) => s.verb === 'repoint' && s.member === member);
    if (isSibling && bytes > 0)
      return { says: `${member} is ${sayBytes(bytes)} ahead of ${plan.candidate}: it would be lost as a standby.` };
    if (bytes > run.capBytes)
      return {
        says: `${member} has ${sayBytes(bytes)} more WAL than ${plan.candidate}; ${sayBytes(run.capBytes)} were approved as lost.`,
      };
  }
  if (furthest === undefined || step.verb === 'look') return undefined;
  const { bytes, ...ahead } = furthest;
  const says = `${ahead.member} is ${sayBytes(bytes)} ahead of ${plan.candidate}, which has to take that before it is promoted.`;
  return { says, ahead };
}

/** What a standby was seen to have is known to exist, though nobody may be able to read that standby any more. */
function refuseLeft(run: Run, position: Lsn): string | undefined {
  const left = listSeenAhead(run).find(({ lsn }) => lsnDistanceBytes(position, lsn) > run.capBytes);
  return left === undefined
    ? undefined
    : `${left.member} was ${sayBytes(lsnDistanceBytes(position, left.lsn))} ahead; ${sayBytes(run.capBytes)} were approved as lost.`;
}

/** After a fence with proof the last position of the old primary's WAL is known: the loss is no estimate any more. (I9) */
function refuseLoss(run: Run, position: Lsn): string | undefined {
  const proof = proofOf(run);
  if (run.plan.kind === 'switchover' && proof?.controlState !== 'shut down')
    return `${run.plan.primary} did not stop cleanly (${proof?.controlState ?? 'its state is not known'}).`;
  if (proof?.lsn === undefined) return undefined;
  // With synchronous standbys what lies beyond them on its disk was acknowledged to nobody.
  const isClean = proof.controlState?.startsWith('shut down') === true;
  if (!isClean && run.capBytes === 0) return undefined;
  const lost = lsnDistanceBytes(position, proof.lsn);
  return lost > run.capBytes
    ? `${sayBytes(lost)} of WAL would be lost, more than the ${sayBytes(run.capBytes)} that were approved.`
    : undefined;
}

/** What the fence proved of the old primary. */
export function proofOf(run: Run): MemberFacts | undefined {
  const fenced = run.journal.findLast((e) => e.type === 'done' && e.step === 'fence');
  return fenced?.type === 'done' ? fenced.facts[run.plan.primary] : undefined;
}

export function positionOf(facts: MemberFacts | undefined): Lsn | undefined {
  return maxLsn(facts?.receivedLsn, facts?.replayedLsn);
}
