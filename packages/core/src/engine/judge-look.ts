// The last look before an act, as a judgment: did a quorum of witnesses, asked after the question, still find the primary
// out; is the candidate what the plan says; did nobody come back or get ahead? It can only stop. (Invariants I3, I9)
import { countQuorum, find, findReach } from '../assessment/index.ts';
import { findSignsOfLife } from '../assessment/veto.ts';
import { isFenceStanding, LOOK_FRESH_MS, type Run } from '../journal/index.ts';
import { type Answer, isBadReading } from '../observation/index.ts';
import type { Ahead, Step } from '../plan/index.ts';
import type { MemberFacts } from '../wire/agent.ts';
import { isPromoted, positionOf, proofOf, refuseMembers } from './judge-members.ts';
import { judgeRejoinLook, judgeServingLook } from './judge-requested-look.ts';
import { sayDeaf } from './deaf.ts';
import { sayBytes } from '../assessment/words.ts';
import { makeCase } from './make-case.ts';
import type { ClusterState, EngineState, Look } from './state.ts';

/** What reading two clocks one after the other, or one that is slewed, doesn't come to. */
const CLOCK_SET_MS = 500;

export type LookAnswer =
  | { readonly kind: 'wait' }
  | { readonly kind: 'done'; readonly says: string }
  | { readonly kind: 'refused'; readonly says: string; readonly ahead?: Ahead | undefined }
  | { readonly kind: 'ambiguous'; readonly says: string };

export function judgeLook(
  state: EngineState,
  cluster: ClusterState,
  asked: { run: Run; step: Step; look: Look; nowMs: number },
): LookAnswer {
  const { run, step, look, nowMs } = asked;
  const ages = [nowMs - look.askedAtMs, state.steadyMs - look.askedAtSteadyMs] as const;
  if (Math.abs(ages[0] - ages[1]) > CLOCK_SET_MS)
    return { kind: 'ambiguous', says: 'The clock was set meanwhile: how old the answers are can’t be told.' };
  if (run.plan.kind === 'rejoin') return judgeRejoinLook(cluster, asked);
  if (run.plan.kind === 'switchover' && step.verb === 'look') return judgeServingLook(asked);
  const seen = countAnswers(state, cluster, { run, look, nowMs });
  if (seen.alive !== undefined)
    return { kind: 'refused', says: `The primary answers: ${seen.alive} reached ${run.plan.primary} just now.` };
  const isLate = Math.max(...ages) > step.deadlineMs;
  if (look.facts === undefined)
    return isLate ? { kind: 'ambiguous', says: 'The members could not be read in time.' } : { kind: 'wait' };
  const trouble = refuseMembers(run, step, look.facts);
  if (trouble !== undefined) return { kind: 'refused', ...trouble };
  // Once the candidate is promoted, what lives is the candidate.
  const life = isPromoted(run, look.facts) ? undefined : findLifeSince(state, cluster, look, nowMs);
  if (life !== undefined) return { kind: 'refused', says: `${run.plan.primary} lives: ${life} since the question.` };
  if (run.plan.kind === 'switchover') return { kind: 'done', says: sayStopped(run, look.facts) };
  if (!seen.isQuorum)
    return isLate
      ? {
          kind: 'ambiguous',
          says: `Only ${seen.bad} of ${seen.needed} needed witnesses answered the look in time.${sayDeaf(state, nowMs)}`,
        }
      : { kind: 'wait' };
  return {
    kind: 'done',
    says: `${seen.bad} of ${seen.configured} witnesses looked again: ${run.plan.primary} is still out; ${run.plan.candidate} stands at ${positionOf(look.facts[run.plan.candidate]) ?? '?'}.${sayUnread(run, look.facts)}${step.verb === 'settle' ? sayUnquoted(run) : ''}`,
  };
}

/** Other kinds of source than the witnesses' probes: WAL that arrives, clients that are served. They only ever stop. (I6) */
function findLifeSince(state: EngineState, cluster: ClusterState, look: Look, nowMs: number): string | undefined {
  const given = { ...makeCase(state, cluster, nowMs), suspectedSinceMs: look.askedAtMs };
  return findSignsOfLife(given, find(given))[0]?.says;
}

function countAnswers(
  state: EngineState,
  cluster: ClusterState,
  { run, look, nowMs }: { readonly run: Run; readonly look: Look; readonly nowMs: number },
) {
  const isFenced = isFenceStanding(run) || cluster.record.fenceLeft?.member === run.plan.primary;
  const isHungCommits = cluster.proposal?.revision.assessment.rule === 'primary-hung/commits' && !isFenced;
  const isStarting = cluster.proposal?.revision.assessment.verdict === 'primary-starting';
  const bad = new Set<string>();
  let alive: string | undefined;
  for (const witness of findReach(makeCase(state, cluster, nowMs))) {
    const probe = isHungCommits ? witness.write : (witness.sql ?? witness.tcp);
    if (witness.doubt !== undefined || probe === undefined) continue;
    const { last, nonced } = probe.track;
    const answer = nonced?.nonce === look.nonce ? nonced.answer : undefined;
    const isFresh = answer !== undefined && nowMs - answer.atMs <= LOOK_FRESH_MS;
    // What a fenced server answers that a supervisor has started again, read-only, is no sign of its life as the primary.
    const counts = (a: Answer) =>
      isBadReading(a.reading) ||
      (isStarting && a.reading === 'starting') ||
      (isFenced && a.facts?.['inRecovery'] === true);
    const isUnclear = (a: Answer) => a.reading === 'abstains' || (isFenced && a.reading === 'starting');
    if (isFresh && counts(answer)) bad.add(witness.id);
    // A sign of life needs no nonce: it stops, whoever was asked, if its probe began after the question.
    const beganAtMs = last.atMs - (last.latencyMs ?? 0);
    const heard = beganAtMs >= look.askedAtMs ? [last] : [];
    const signs = [...heard, ...(isFresh ? [answer] : [])].filter((a) => !counts(a) && !isUnclear(a));
    if (signs.length > 0) alive = witness.id;
  }
  const quorum = countQuorum(state.config.witnesses, bad);
  return { ...quorum, bad: quorum.agreeing, alive };
}

function sayStopped({ plan }: Run, facts: Readonly<Record<string, MemberFacts>>): string {
  return `${plan.primary} is stopped cleanly; ${plan.candidate} stands at ${positionOf(facts[plan.candidate]) ?? '?'} and has all of it.`;
}

/** Of whom nothing is known, that's said, not passed over. */
function sayUnread({ plan }: Run, facts: Readonly<Record<string, MemberFacts>>): string {
  const unread = plan.steps.filter((s) => s.verb === 'repoint' && facts[s.member] === undefined).map((s) => s.member);
  return unread.length === 0 ? '' : ` ${unread.join(', ')} could not be read: nothing is known of what it received.`;
}

/** The loss is quoted again once the end of its WAL is known. Where it isn't, what was approved stands, and that is said. */
function sayUnquoted(run: Run): string {
  const { plan, capBytes } = run;
  if (proofOf(run)?.lsn !== undefined) return '';
  const quote = capBytes === 0 ? 'that nothing is lost' : `of at most ${sayBytes(capBytes)}`;
  return ` What ${plan.primary} had written last could not be read: the quote ${quote} stands.`;
}
