// It serves, badly: no free connection slot, no new session at all, commits waiting for a synchronous standby, read-only, disk
// full. Where writes stand for all, a person is paged: no failover is proposed, and nobody else would tell.
import { clientsFail } from '../corroborate.ts';
import { spanMs } from '../case.ts';
import type { WitnessFinding } from '../findings/index.ts';
import { asServing, type Exhibit, type Hypothesis, type Weighing } from '../weighing.ts';
import { sayList, sayOutcome } from '../words.ts';
import { findCoveringIntent } from './declared.ts';

/** What lasts for a moment (a standby restarts, a setting is put right) wakes nobody. */
const PAGE_AFTER_MS = 10_000;

type Trouble = Pick<Weighing, 'rule' | 'headline' | 'explanation' | 'isOpen'> & {
  readonly action?: 'page';
  /** Since when no write of a witness gets through; absent where only new sessions are refused. */
  readonly writesStandSinceMs?: number | undefined;
};

export const primaryDegraded: Hypothesis = {
  verdict: 'primary-degraded',
  weigh(exhibit) {
    const trouble = findTrouble(exhibit);
    if (trouble === undefined) return undefined;
    const { writesStandSinceMs, ...told } = trouble;
    return {
      verdict: 'primary-degraded',
      action: mustPage(exhibit, writesStandSinceMs) ? 'page' : 'warn',
      ...told,
      ...asServing(exhibit),
    };
  },
};

/** Clients tell best whether writes stand: served, only our own do; failing, all do, whatever the reason. */
function mustPage({ given, found }: Exhibit, writesStandSinceMs: number | undefined): boolean {
  if (findCoveringIntent(given) !== undefined || found.clients.some((c) => c.isServed)) return false;
  const failing = clientsFail(found) ? found.clients.map((c) => c.canary.failingSinceMs ?? given.nowMs) : [];
  const sinceMs = Math.min(writesStandSinceMs ?? Infinity, ...failing);
  return given.nowMs - sinceMs >= spanMs(given, PAGE_AFTER_MS);
}

function findTrouble({ given, found, commits }: Exhibit): Trouble | undefined {
  const count = (probe: 'newSession' | 'write', outcome: string) =>
    found.reach.filter((w) => w[probe]?.isFresh && w[probe].track.recent.slice(-2).every((a) => a.outcome === outcome))
      .length;
  const isMost = (n: number) => n * 2 > given.witnesses.length;
  const { primary } = given;
  if (isMost(count('newSession', 'too-many-connections'))) {
    return {
      rule: 'primary-degraded/slots',
      headline: `${primary} has no free connection slot.`,
      explanation:
        'Only a living server says so; sessions that are open may still work. Free connections rather than fail over.',
    };
  }
  const turnedAway = found.reach.filter((w) => w.takesNobodyIn);
  if (isMost(turnedAway.length)) return sayTurnedAway(given, turnedAway);
  if (isMost(count('write', 'read-only')))
    return {
      rule: 'primary-degraded/read-only',
      headline: `${primary} takes no writes: it is set read-only.`,
      explanation: 'It answers and is out of recovery: somebody changed a setting. A failover would not help.',
      writesStandSinceMs: lastCommitMs(found.reach),
    };
  if (isMost(count('write', 'disk-full')))
    return {
      rule: 'primary-degraded/disk-full',
      headline: `The disk of ${primary} is full.`,
      explanation: 'It answers reads and refuses writes. Make room; check that the standbys have some.',
      writesStandSinceMs: lastCommitMs(found.reach),
    };
  if (!commits.isQuorum) return undefined;
  const suspected = found.reach.filter((w) => w.suspectsCommits).map((w) => w.write?.track.suspectSinceMs);
  const writesStandSinceMs = Math.min(...suspected.map((ms) => ms ?? given.nowMs));
  const waiting = given.memory.senders.get(primary)?.facts.waitingForSync ?? 0;
  if (waiting > 0) {
    return {
      rule: 'primary-degraded/sync-wait',
      headline: `${primary} answers; commits wait for a synchronous standby.`,
      explanation: `${waiting} sessions wait for an acknowledgement. Bring the standby back or change synchronous_standby_names.`,
      writesStandSinceMs,
    };
  }
  return {
    rule: 'primary-degraded/commits-wait',
    headline: `${primary} answers reads; commits do not return.`,
    explanation: 'Reads work, writes hang. Looking for the reason: storage, locks, or a synchronous standby.',
    isOpen: true, // a client's or a standby's word more, and it hangs
    writesStandSinceMs,
  };
}

/** When a witness that is believed committed last; -Infinity = never yet, which has lasted long enough. */
function lastCommitMs(reach: readonly WitnessFinding[]): number {
  return Math.max(...reach.map((w) => (w.doubt === undefined ? w.write?.track.lastOkAtMs : undefined) ?? -Infinity));
}

/** Silence or a refusal by the kernel is a stopped postmaster or a cut path to it; words are the server's own. */
function sayTurnedAway(given: Exhibit['given'], turnedAway: readonly WitnessFinding[]): Trouble {
  const { primary, nowMs } = given;
  const since = turnedAway.flatMap((w) => w.newSession?.track.suspectSinceMs ?? []);
  const isLong = nowMs - Math.min(nowMs, ...since) >= spanMs(given, PAGE_AFTER_MS);
  const outcomes = new Set(turnedAway.flatMap((w) => w.newSession?.track.last.outcome ?? []));
  return {
    rule: 'primary-degraded/no-new-sessions',
    headline: `${primary} takes no new session; those that are open go on.`,
    explanation: `${turnedAway.length} witnesses are served over the session they keep and turned away with a new one: ${sayList([...outcomes].map(sayOutcome))}. Look at its postmaster (stopped, or shutting down) and at what lies between; whoever connects anew is out.`,
    ...(isLong ? { action: 'page' as const } : {}),
  };
}
