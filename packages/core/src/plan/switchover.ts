// A planned change of the primary: the same steps and gates as a failover, with a clean stop as its fence, so that nothing is
// lost: Postgres ends a `fast` stop only after connected standbys have its last WAL (manual, pg_ctl and 27.2.5).
import type { Evidence } from '../assessment/assessment.ts';
import type { Case } from '../assessment/case.ts';
import { type Findings, find } from '../assessment/findings/index.ts';
import { sayBytes } from '../assessment/words.ts';
import { lsnDistanceBytes } from '../cluster/index.ts';
import { findSiblings, toPlan } from './build-plan.ts';
import { sayCosts } from './costs.ts';
import { planCommits } from './commit-wait.ts';
import { type Ranked, type Ranking, rankCandidates } from './candidate.ts';
import { findLeftOpen } from './left-open.ts';
import { planFastForward } from './fast-forward.ts';
import { makeSteps } from './make-steps.ts';
import { dropOldSlots } from './old-slots.ts';
import type { Step } from './plan.ts';
import { planSlots, withSlots } from './pointed.ts';
import { sayReplay } from './replay.ts';
import type { Request } from './request.ts';
import { refuseByAgent, refuseUnserved, type RequestedPlan, serving } from './requested.ts';
import { setSyncAgain, type SyncLowered } from './sync-again.ts';

const STOP_WITHIN_MS = 60_000;
/** What it asks of their agents, its giving up and the return of the old primary included. */
const OF_PRIMARY = ['fence', 'unfence', 'start-as-standby'];
const OF_CANDIDATE = ['promote', 'restart-candidate', 'slots'];

type Asked = { readonly request: Request; readonly syncLowered?: readonly SyncLowered[] | undefined };

export function buildSwitchover(given: Case, epoch: number, { request, syncLowered }: Asked): RequestedPlan {
  const found = find(given);
  const ranking = rankCandidates(given, found, request.member);
  const because = refuse(given, found, { ranking, request });
  const { chosen } = ranking;
  if (because !== undefined || chosen === undefined || given.timeline === undefined)
    return { ok: false, because: because ?? `the timeline of ${given.primary} is not known` };
  const fence = {
    method: 'agent',
    member: given.primary,
    says: `No: the agent on ${given.primary} stops Postgres cleanly and closes its start gate before anything is promoted.`,
  } as const;
  // Who is a moment ahead now isn't any more once the primary has stopped: all have all of it then.
  const all = findSiblings(given, found, chosen);
  const { ifAhead } = planFastForward(given, found, { chosen, all });
  const siblings = all.map((s) => s.id);
  const leftOpen = findLeftOpen(given, found, { chosen, siblings });
  const commits = planCommits(given, found, { chosen, following: [...siblings, given.primary] });
  const steps = makeSteps(given, {
    chosen,
    fence,
    siblings,
    leftOpen,
    timeline: given.timeline,
    fastForward: { ifAhead },
    commits,
    slots: planSlots(given, found, { candidate: chosen.member, siblings }),
    comeBack: [comeBack(given.primary, chosen.member), dropOldSlots(given.primary, chosen.member)],
  }).map((s) => ofSwitchover(s, given.primary, chosen.member));
  const sync = setSyncAgain(chosen.member, given.primary, { lowered: syncLowered, set: commits.value });
  const plan = toPlan(given, {
    kind: 'switchover',
    epoch,
    ranking,
    chosen,
    fence,
    timeline: given.timeline,
    loss: nothingLost(given.primary),
    steps: [...steps, ...sync.steps],
    consequences: [
      `Clients of ${given.primary} are disconnected; open transactions are rolled back.`,
      'Writes stand still from the stop to the promotion, some seconds.',
      ...sayCosts(given, chosen),
      'Unlogged tables, if there are any, are empty after a promotion.',
      ...sayReplay(given, chosen),
      ...commits.consequences,
      ...sync.consequences,
    ],
  });
  const behind = behindBytes(chosen, ranking);
  return {
    ok: true,
    plan,
    headline: `${chosen.member} is to take over from ${given.primary}.`,
    explanation: `${request.by.name}: ${request.reason} ${given.primary} is stopped cleanly first; ${chosen.member} is ${behind === 0 ? 'as far as it' : `${sayBytes(behind)} behind`} and has all of it before it is promoted.`,
    for: [...serving(given, found), streaming(given, chosen)],
    against: [],
  };
}

function streaming({ primary }: Case, { member, zone, seenAtMs }: Ranked): Evidence {
  const seen = { sinceAtMs: seenAtMs, seenAtMs };
  return {
    id: `streams/${member}`,
    kind: 'testimony',
    source: member,
    zone,
    says: `it streams from ${primary}`,
    ...seen,
  };
}

function refuse(
  given: Case,
  found: Findings,
  { ranking, request }: { ranking: Ranking; request: Request },
): string | undefined {
  if (request.member === given.primary) return `${given.primary} is the primary already`;
  const unserved = refuseUnserved(given, found);
  if (unserved !== undefined) return unserved;
  const { chosen, rows } = ranking;
  if (chosen === undefined) return rows.map((row) => `${row.member}: ${row.says}`).join('; ') || 'there is no standby';
  const standby = found.standbys.find((s) => s.id === chosen.member);
  if (standby?.receiver?.status !== 'streaming') return `${chosen.member} does not stream from ${given.primary} now`;
  const behind = behindBytes(chosen, ranking);
  if (behind > given.policy.maxLossBytes)
    return `${chosen.member} is ${sayBytes(behind)} behind: wait until it has caught up`;
  const sync = given.memory.senders.get(given.primary)?.facts.standbys?.filter((s) => s.syncState === 'sync') ?? [];
  if (sync.length > 0 && !sync.some((s) => s.member === chosen.member))
    return `${chosen.member} is not synchronous, ${sync.map((s) => s.member).join(', ')} is: choose that one`;
  return refuseByAgent(found, given.primary, OF_PRIMARY) ?? refuseByAgent(found, chosen.member, OF_CANDIDATE);
}

function behindBytes(chosen: Ranked, { newestLsn }: Ranking): number {
  return newestLsn === undefined ? 0 : Math.max(0, lsnDistanceBytes(chosen.lsn, newestLsn));
}

function nothingLost(primary: string) {
  const says = `Nothing: ${primary} is stopped cleanly, and nothing is promoted that has not all of its WAL.`;
  return { bytes: 0, seconds: 0, upperBoundBytes: 0, upperBoundSeconds: 0, capBytes: 0, says };
}

/** The same steps in the same order; two of them mean something else here. */
function ofSwitchover(step: Step, primary: string, candidate: string): Step {
  if (step.verb === 'look') {
    return {
      ...step,
      says: `Look again: does ${primary} serve, is ${step.member} as planned, does no base backup run?`,
      command: `read ${primary} and its standbys`,
      doneWhen: `${primary} takes writes, and ${step.member} streams from it`,
    };
  }
  if (step.verb !== 'fence') return step;
  const stop = {
    ...step,
    says: `Stop ${primary} cleanly, close its start gate`,
    command: `agent on ${primary}: fence (fast stop with a shutdown checkpoint, standby.signal, fence file)`,
    deadlineMs: STOP_WITHIN_MS,
    doneWhen: 'its agent proves a clean shutdown, and that a start would be read-only',
  };
  return withSlots(stop, candidate, step.slots ?? []);
}

function comeBack(primary: string, upstream: string): Step {
  return {
    id: `return-${primary}`,
    verb: 'start-as-standby',
    member: primary,
    says: `${primary} comes back as a standby of ${upstream}`,
    command: `agent on ${primary}: standby.signal, primary_conninfo host of ${upstream}, start`,
    undo: 'reversible',
    deadlineMs: 60_000,
    doneWhen: `${primary} streams from ${upstream} on the new timeline`,
    isFollowUp: true,
  };
}
