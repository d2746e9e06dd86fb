// Brings a member that was a primary back as a standby: its WAL beyond the common history is saved aside and rewound, or
// everything is copied anew; a clean stop that lost nothing needs neither. Its agent does it, and it's fenced first: nobody
// may write to what is rewound.
import type { Evidence } from '../assessment/assessment.ts';
import { type Case, freshnessMs } from '../assessment/case.ts';
import { type Findings, find } from '../assessment/findings/index.ts';
import { sayBytes } from '../assessment/words.ts';
import { formatLsn, type Lsn, lsnDistanceBytes } from '../cluster/index.ts';
import { dropOldSlots } from './old-slots.ts';
import type { Plan, Step } from './plan.ts';
import type { Request } from './request.ts';
import { refuseByAgent, refuseForbidden, refuseUnserved, type RequestedPlan, serving } from './requested.ts';
import { setSyncAgain, type SyncLowered } from './sync-again.ts';

/** Where its WAL ends isn't known. */
const NOWHERE = formatLsn(0n);
/** Bounds for the largest: an agent that falls silent, or a person, ends the wait long before. */
const REWIND_WITHIN_MS = 4 * 3_600_000;
const CLONE_WITHIN_MS = 24 * 3_600_000;

type How = 'rewind' | 'clone' | 'start';

/** What is known of how it left: written down when another was promoted in its place. */
export type Former = {
  readonly member: string;
  /** Where its own WAL ends, and where the promoted one's began. */
  readonly lastLsn?: Lsn | undefined;
  readonly leftAtLsn?: Lsn | undefined;
  readonly isClean?: boolean | undefined;
  /** It took writes by itself since. */
  readonly hasWritten?: boolean | undefined;
};

export function buildRejoin(
  given: Case,
  epoch: number,
  {
    request,
    former,
    syncLowered,
  }: { request: Request; former?: Former | undefined; syncLowered?: readonly SyncLowered[] | undefined },
): RequestedPlan {
  const found = find(given);
  const member = request.member ?? former?.member;
  const of = former?.member === member ? former : undefined;
  const how = request.how ?? (hasAllOf(of) ? 'start' : 'rewind');
  const because = member === undefined ? 'name the member that is to come back' : refuse(given, found, { member, how });
  const systemIdentifier = given.memory.members.get(given.primary)?.systemId;
  if (member === undefined || because !== undefined) return { ok: false, because: because ?? '' };
  if (given.timeline === undefined || systemIdentifier === undefined)
    return { ok: false, because: `${given.primary} was not read yet` };
  const cost = sayCost(given.primary, member, { former: of, how });
  const sync = setSyncAgain(given.primary, member, { lowered: syncLowered });
  const plan: Plan = {
    v: 1,
    cluster: given.topology.id,
    kind: 'rejoin',
    epoch,
    primary: given.primary,
    candidate: member,
    systemIdentifier,
    timeline: given.timeline,
    candidateLsn: of?.lastLsn ?? NOWHERE,
    ranking: [],
    loss: { bytes: 0, upperBoundBytes: 0, capBytes: 0, says: cost },
    fence: {
      method: 'agent',
      member,
      says: `No: the agent on ${member} keeps it stopped, and any start of it is read-only.`,
    },
    steps: [...makeRejoinSteps(given.primary, member, how), ...sync.steps],
    pointOfNoReturn: how === 'start' ? 'start-as-standby' : how,
    consequences: [
      how === 'clone'
        ? `${member} copies all of ${given.primary}: that takes as long as its size over the network, and loads ${given.primary}. Its present data are kept aside.`
        : how === 'rewind'
          ? `What ${member} wrote and nobody received is gone from it; that WAL is kept aside on its host.`
          : `${member} stopped cleanly and lost nothing: it only follows.`,
      ...sync.consequences,
    ],
  };
  return {
    ok: true,
    plan,
    headline: `${member} can come back as a standby of ${given.primary}.`,
    explanation: `${request.reason} ${cost}`,
    for: [...serving(given, found), hostOf(found, member)].filter((e) => e !== undefined),
    against: [],
  };
}

function refuse(given: Case, found: Findings, { member, how }: { member: string; how: How }): string | undefined {
  if (!given.topology.members.some((m) => m.id === member)) return `${member} is no member of ${given.topology.id}`;
  if (member === given.primary) return `${member} is the primary`;
  const unserved = refuseUnserved(given, found);
  if (unserved !== undefined) return unserved;
  const standby = found.standbys.find((s) => s.id === member);
  if (standby?.isFresh === true && standby.isDirect && standby.receiver?.status === 'streaming')
    return `${member} follows ${given.primary} already`;
  const told = given.memory.members.get(member);
  const isRecent = told?.inRecoveryAtMs !== undefined && given.nowMs - told.inRecoveryAtMs <= freshnessMs(given, 'sql');
  if (told?.inRecovery === false && isRecent)
    return `${member} takes writes itself: decide which of the two is to stay, and stop the other`;
  const verbs = ['fence', ...(how === 'start' ? [] : [how]), 'start-as-standby'];
  return refuseByAgent(found, member, verbs) ?? refuseForbidden(found, given.primary, ['slots']);
}

/** Stopped cleanly, with nothing that the promoted one didn't have. */
function hasAllOf(former: Former | undefined): boolean {
  const { isClean, lastLsn, leftAtLsn } = former ?? {};
  return (
    isClean === true && lastLsn !== undefined && leftAtLsn !== undefined && lsnDistanceBytes(leftAtLsn, lastLsn) <= 0
  );
}

function sayCost(primary: string, member: string, { former, how }: { former: Former | undefined; how: How }): string {
  if (how === 'start') return `Nothing is dropped: ${member} stopped cleanly, and all it had was received.`;
  const { lastLsn, leftAtLsn, hasWritten } = former ?? {};
  if (hasWritten === true)
    return `${member} took writes by itself while ${primary} led: how much is not known before it is looked at. That WAL is saved aside first, then dropped from it.`;
  const beyond = lastLsn === undefined || leftAtLsn === undefined ? undefined : lsnDistanceBytes(leftAtLsn, lastLsn);
  if (beyond === undefined)
    return `How much ${member} wrote that nobody received is not known before it is looked at; that WAL is saved aside first.`;
  return beyond <= 0
    ? `Nothing that ${member} wrote is known to be missing elsewhere.`
    : `${sayBytes(beyond)} of WAL on ${member}, from ${leftAtLsn} on, were never replicated: they are saved aside on its host and dropped from it.`;
}

function hostOf(found: Findings, member: string): Evidence | undefined {
  const host = found.hosts.find((h) => h.member === member);
  if (host?.host === undefined) return undefined;
  const { facts, postgresSinceMs, atMs } = host.host;
  const is = { running: 'running', absent: 'absent', stopped: 'frozen', starting: 'starting' }[facts.postgres];
  return {
    id: `host/${member}/${facts.postgres}`,
    kind: 'host',
    source: host.source,
    zone: host.zone,
    says: `Postgres on ${member} is ${is}${facts.fenced === true ? ', fenced' : ''}`,
    sinceAtMs: postgresSinceMs,
    seenAtMs: atMs,
  };
}

function makeRejoinSteps(primary: string, member: string, how: How): Step[] {
  const step = (made: Omit<Step, 'member' | 'isFollowUp'>): Step => ({ member, isFollowUp: false, ...made });
  const look = step({
    id: 'look',
    verb: 'look',
    says: `Look again: does ${primary} take writes, does ${member} take none?`,
    command: `read ${primary}; ask the agent on ${member}`,
    undo: 'nothing-to-undo',
    deadlineMs: 8_000,
    doneWhen: `${primary} is out of recovery as planned, and ${member} is not`,
  });
  const fence = step({
    id: 'fence',
    verb: 'fence',
    says: `Keep ${member} stopped while its data are changed`,
    command: `agent on ${member}: fence (stop every process, standby.signal, fence file)`,
    undo: 'reversible',
    deadlineMs: 15_000,
    doneWhen: 'its agent proves that no process is left and a start would be read-only',
  });
  const rewind = step({
    id: 'rewind',
    verb: 'rewind',
    says: `Save aside what ${member} wrote alone, then rewind it to where it left ${primary}`,
    command: `agent on ${member}: save WAL and configuration aside, pg_rewind from ${primary}`,
    undo: 'irreversible',
    deadlineMs: REWIND_WITHIN_MS,
    doneWhen: 'pg_rewind ended well',
  });
  const clone = step({
    id: 'clone',
    verb: 'clone',
    says: `Copy all of ${primary} to ${member}; its present data are kept aside`,
    command: `agent on ${member}: pg_basebackup from ${primary}`,
    undo: 'irreversible',
    deadlineMs: CLONE_WITHIN_MS,
    doneWhen: 'the copy is whole and in place',
  });
  const start = step({
    id: 'start-as-standby',
    verb: 'start-as-standby',
    says: `Start ${member} as a standby of ${primary}`,
    command: `agent on ${member}: primary_conninfo host of ${primary}, start`,
    undo: 'reversible',
    deadlineMs: 120_000,
    doneWhen: `${member} streams from ${primary}`,
  });
  const data = { start: [], clone: [clone], rewind: [rewind] }[how];
  return [look, fence, ...data, start, dropOldSlots(member, primary)];
}
