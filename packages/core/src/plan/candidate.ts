// Who could take over, and why the others couldn't. Ranked by the furthest of received and replayed WAL (after a restart the
// received position can lie below the replayed one), then sync state, preferred zone, priority, id.
import { type Lsn, lsnBytes, lsnDistanceBytes, maxLsn } from '../cluster/index.ts';
import type { Case } from '../assessment/case.ts';
import { find, findReach, type Findings, sayForbidden } from '../assessment/findings/index.ts';
import { sayBytes } from '../assessment/words.ts';
import { isBadReading } from '../observation/index.ts';
import type { CandidateRow } from './plan.ts';

export type Ranked = {
  readonly member: string;
  readonly zone: string;
  readonly lsn: Lsn;
  readonly isSync: boolean;
  /** Its zone's place among the preferred ones, 0 = the best. */
  readonly zoneRank: number;
  readonly priority: number;
  readonly systemId: string;
  readonly seenAtMs: number;
};
export type Ranking = {
  readonly chosen?: Ranked | undefined;
  readonly rows: readonly CandidateRow[];
  readonly newestLsn?: Lsn | undefined;
};

/** `wanted`: only that member is chosen, if it's fit. */
export function rankCandidates(given: Case, found: Findings = find(given), wanted?: string): Ranking {
  const newestLsn = newestKnownLsn(given, found);
  const judged = found.standbys.map((standby) => ({ standby, verdict: judge(given, standby) }));
  const fit = judged.flatMap(({ verdict }) => (typeof verdict === 'string' ? [] : [verdict])).sort(byRank);
  const chosen = wanted === undefined ? fit[0] : fit.find((one) => one.member === wanted);
  const rows = judged.map(({ standby, verdict }): CandidateRow => {
    const lsn = typeof verdict === 'string' ? standby.receiver?.receivedLsn : verdict.lsn;
    const behind =
      lsn === undefined || newestLsn === undefined
        ? {}
        : { behindBytes: Math.max(0, lsnDistanceBytes(lsn, newestLsn)) };
    const isChosen = typeof verdict !== 'string' && verdict.member === chosen?.member;
    return {
      member: standby.id,
      zone: standby.zone,
      ...(lsn === undefined ? {} : { lsn }),
      ...behind,
      isChosen,
      says: explain(verdict, chosen),
    };
  });
  return { chosen, rows: rows.sort((a, b) => Number(b.isChosen) - Number(a.isChosen)), newestLsn };
}

function judge(given: Case, standby: Findings['standbys'][number]): Ranked | string {
  const config = given.topology.members.find((m) => m.id === standby.id);
  const { receiver } = standby;
  const member = given.memory.members.get(standby.id);
  if (config?.priority === 0) return 'its priority is 0: never promoted';
  if (receiver === undefined || !standby.isFresh) return 'it has not answered lately';
  if (hasFallenSilent(given, standby)) return 'it answers no more';
  if (member?.inRecovery === false) return 'it is not in recovery';
  if (config !== undefined && config.delayMs > 0) return 'it replays with a delay by design';
  if (!standby.isDirect && !isFedByOwnRun(given, standby))
    return `${standby.whyNot ?? 'it does not follow the primary'}`;
  const forbidden = sayForbidden(given.memory.hosts.get(standby.id), ['promote']);
  if (forbidden !== undefined) return `its agent ${forbidden}`;
  if (receiver.streamingLastAtMs === undefined && given.attached?.includes(standby.id) !== true)
    return 'it was never seen attached to the primary';
  const primaryId = given.memory.members.get(given.primary)?.systemId;
  const systemId = receiver.systemId ?? member?.systemId;
  if (systemId === undefined) return 'its system identifier is not known';
  if (primaryId !== undefined && systemId !== primaryId)
    return 'it belongs to another system (system identifier differs)';
  const lsn = maxLsn(receiver.receivedLsn, receiver.replayedLsn);
  if (lsn === undefined) return 'its WAL position is not known';
  const sender = given.memory.senders.get(given.primary)?.facts.standbys?.find((s) => s.member === standby.id);
  const isSync = config?.sync === true || sender?.syncState === 'sync' || sender?.syncState === 'quorum';
  return {
    member: standby.id,
    zone: standby.zone,
    lsn,
    isSync,
    zoneRank: rankOfZone(given, standby.zone),
    priority: config?.priority ?? 100,
    systemId,
    seenAtMs: receiver.atMs,
  };
}

/**
 * A run that was given up with its fence left may have pointed it at another standby, to take what that had more or to starve
 * the primary: on the primary's timeline still, it has nothing that the primary hadn't.
 */
function isFedByOwnRun(given: Case, { receiver }: Findings['standbys'][number]): boolean {
  if (given.isFenceLeft !== true || receiver?.timeline === undefined || receiver.timeline !== given.timeline)
    return false;
  const upstream = given.memory.receivers.get(receiver.upstream ?? '');
  return upstream?.upstream === given.primary && upstream.timeline === given.timeline;
}

/** Most witnesses that tried it since its last word got no answer: it may be fresh in memory, and as dead as the primary. */
export function hasFallenSilent(given: Case, { id, receiver }: Findings['standbys'][number]): boolean {
  const failed = findReach(given, id).filter(({ doubt, sql }) => {
    const last = sql?.isFresh ? sql.track.last : undefined;
    return doubt === undefined && last !== undefined && isBadReading(last.reading) && last.atMs > (receiver?.atMs ?? 0);
  });
  return failed.length * 2 > given.witnesses.length;
}

function byRank(a: Ranked, b: Ranked): number {
  const [left, right] = [lsnBytes(a.lsn), lsnBytes(b.lsn)];
  if (left !== right) return left > right ? -1 : 1;
  return (
    Number(b.isSync) - Number(a.isSync) ||
    a.zoneRank - b.zoneRank ||
    b.priority - a.priority ||
    (a.member < b.member ? -1 : 1)
  );
}

function rankOfZone({ topology }: Case, zone: string): number {
  const preferred = topology.preferredZones ?? [];
  const place = preferred.indexOf(zone);
  return place < 0 ? preferred.length : place;
}

function explain(verdict: Ranked | string, chosen: Ranked | undefined): string {
  if (typeof verdict === 'string') return verdict;
  if (chosen === undefined || verdict.member === chosen.member) return 'received the most WAL';
  const behind = lsnDistanceBytes(verdict.lsn, chosen.lsn);
  if (behind < 0) return `${sayBytes(-behind)} ahead of ${chosen.member}, which was asked for`;
  if (behind > 0) return `${sayBytes(behind)} behind ${chosen.member}`;
  if (verdict.isSync !== chosen.isSync) return `as far as ${chosen.member}, which is synchronous`;
  if (verdict.zoneRank !== chosen.zoneRank) return `as far as ${chosen.member}, whose zone is preferred`;
  if (verdict.priority !== chosen.priority) return `as far as ${chosen.member}, with a lower priority`;
  return `as far as ${chosen.member}; the first by name is taken`;
}

/** The newest position known of the primary's WAL: told by itself, or received by a standby on its timeline. */
function newestKnownLsn(given: Case, found: Findings): Lsn | undefined {
  const own = given.memory.members.get(given.primary)?.lsn;
  return found.standbys
    .filter((s) => s.isDirect)
    .reduce<Lsn | undefined>((max, s) => maxLsn(max, s.receiver?.receivedLsn), own);
}
