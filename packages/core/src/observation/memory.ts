// All that is remembered of one cluster, folded from observations one by one. Never says what to believe: only who saw
// what, and when. Bounded: a few answers for each source, member and probe.
import { type ClusterTopology, type Lsn, maxLsn, type Policy } from '../cluster/index.ts';
import type { Observation, ObservationOf } from './observation.ts';
import { extendReceiver, extendWalSamples, type ReceiverMemory, type WalSample } from './receiver.ts';
import { isBadReading } from './reading.ts';
import { extendTrack, type SessionKind, sessionOf, type Track } from './track.ts';

export type MemberMemory = {
  readonly inRecovery?: boolean | undefined;
  readonly inRecoveryAtMs?: number | undefined;
  /** Since when it has been seen out of recovery, in this life of the server; and when the newest look that saw it so began. */
  readonly writableSinceMs?: number | undefined;
  readonly writableAtMs?: number | undefined;
  readonly timeline?: number | undefined;
  readonly lsn?: Lsn | undefined;
  readonly lsnAtMs?: number | undefined;
  readonly systemId?: string | undefined;
  readonly startedAtMs?: number | undefined;
  /** Changes of `startedAtMs` seen: restarts. */
  readonly restarts: number;
};
export type HostMemory = {
  readonly atMs: number;
  readonly facts: ObservationOf<'host'>['facts'];
  /** Since when Postgres has been as it is now. */
  readonly postgresSinceMs: number;
  readonly recoveryAdvancedAtMs?: number | undefined;
  /** Its newest look at the other members; a word without one doesn't unsay it. */
  readonly peers?: NonNullable<ObservationOf<'host'>['facts']['peers']> | undefined;
  readonly peersAtMs?: number | undefined;
};
export type CanaryMemory = {
  readonly atMs: number;
  readonly previousAtMs?: number | undefined;
  readonly succeeded: number;
  readonly failed: number;
  readonly p99Ms?: number | undefined;
  readonly failingSinceMs?: number | undefined;
};
export type IntentMemory = {
  readonly kind: string;
  readonly member?: string | undefined;
  readonly untilMs?: number | undefined;
  readonly owner: string;
  readonly atMs: number;
};

export type ClusterMemory = {
  readonly tracks: ReadonlyMap<string, Track>;
  readonly receivers: ReadonlyMap<string, ReceiverMemory>;
  readonly members: ReadonlyMap<string, MemberMemory>;
  readonly hosts: ReadonlyMap<string, HostMemory>;
  readonly canaries: ReadonlyMap<string, CanaryMemory>;
  readonly senders: ReadonlyMap<
    string,
    { readonly atMs: number; readonly facts: NonNullable<ObservationOf<'wal-senders'>['facts']> }
  >;
  readonly intents: ReadonlyMap<string, IntentMemory>;
  readonly wal: readonly WalSample[];
  readonly firstAtMs?: number | undefined;
};

export const emptyMemory: ClusterMemory = {
  tracks: new Map(),
  receivers: new Map(),
  members: new Map(),
  hosts: new Map(),
  canaries: new Map(),
  senders: new Map(),
  intents: new Map(),
  wal: [],
};

/** Of `sql` there are three tracks: all answers, those of new sessions, and those of the session that is kept open. */
export function trackKey(by: string, member: string, probe: string, session?: SessionKind): string {
  return `${by}|${member}|${probe}${session === undefined ? '' : `/${session}`}`;
}

/** Folds observations of one cluster, in order of arrival, into what is remembered. */
export function remember(
  memory: ClusterMemory,
  seen: readonly Observation[],
  given: { topology: ClusterTopology; policy: Policy },
): ClusterMemory {
  const next = {
    tracks: new Map(memory.tracks),
    receivers: new Map(memory.receivers),
    members: new Map(memory.members),
    hosts: new Map(memory.hosts),
    canaries: new Map(memory.canaries),
    senders: new Map(memory.senders),
    intents: new Map(memory.intents),
    wal: memory.wal,
    firstAtMs: memory.firstAtMs ?? seen[0]?.atMs,
  };
  const known = new Set(given.topology.members.map((m) => m.id));
  for (const one of seen) if (one.member === undefined || known.has(one.member)) rememberOne(next, one, given.policy);
  return next;
}

type Draft = {
  -readonly [K in keyof ClusterMemory]: ClusterMemory[K] extends ReadonlyMap<infer A, infer B>
    ? Map<A, B>
    : ClusterMemory[K];
};

function rememberOne(next: Draft, seen: Observation, policy: Policy): void {
  switch (seen.probe) {
    case 'tcp':
    case 'write':
      return rememberTrack(next, seen, policy);
    case 'sql':
      rememberTrack(next, seen, policy, sessionOf(seen));
      rememberTrack(next, seen, policy);
      sinceServed(next, seen);
      return rememberMember(next, seen);
    case 'wal-receiver': {
      const receiver = extendReceiver(next.receivers.get(seen.member), seen);
      if (receiver !== undefined) next.receivers.set(seen.member, receiver);
      return;
    }
    case 'wal-senders':
      if (seen.facts !== undefined && seen.outcome === 'ok')
        next.senders.set(seen.member, { atMs: seen.atMs, facts: seen.facts });
      return;
    case 'host':
      return rememberHost(next, seen);
    case 'canary':
      return rememberCanary(next, seen);
    case 'intent':
      return rememberIntent(next, seen);
    case 'self':
      return;
  }
}

function rememberTrack(
  next: Draft,
  seen: ObservationOf<'tcp' | 'sql' | 'write'>,
  policy: Policy,
  session?: SessionKind,
): void {
  const key = trackKey(seen.by, seen.member, seen.probe, session);
  next.tracks.set(key, extendTrack(next.tracks.get(key), seen, policy));
}

/** A suspicion that the kept session outlived begins anew with the first bad answer after that one was served last. */
function sinceServed({ tracks }: Draft, { by, member, atMs }: ObservationOf<'sql'>): void {
  const key = trackKey(by, member, 'sql');
  const track = tracks.get(key);
  const servedAtMs = tracks.get(trackKey(by, member, 'sql', 'kept'))?.lastOkAtMs ?? -Infinity;
  const isTold = tracks.has(trackKey(by, member, 'sql', 'new'));
  if (track?.suspectSinceMs === undefined || !isTold || !isBadReading(track.last.reading)) return;
  if (servedAtMs > track.suspectSinceMs) tracks.set(key, { ...track, suspectSinceMs: atMs });
}

type SqlTold = NonNullable<ObservationOf<'sql'>['facts']>;

function rememberMember(next: Draft, seen: ObservationOf<'sql'>): void {
  if (seen.outcome !== 'ok' || seen.facts === undefined) return;
  const before = next.members.get(seen.member);
  const facts = standing(before, seen.facts, seen.atMs);
  if (before?.inRecoveryAtMs !== undefined && seen.atMs < before.inRecoveryAtMs) return; // late: newer is known
  const isNewTimeline =
    facts.timeline !== undefined && before?.timeline !== undefined && facts.timeline > before.timeline;
  const lsn = maxLsn(isNewTimeline ? undefined : before?.lsn, facts.lsn);
  const hasRestarted =
    before?.startedAtMs !== undefined && facts.startedAtMs !== undefined && facts.startedAtMs !== before.startedAtMs;
  next.members.set(seen.member, {
    inRecovery: facts.inRecovery ?? before?.inRecovery,
    inRecoveryAtMs: facts.inRecovery === undefined ? before?.inRecoveryAtMs : seen.atMs,
    ...writableSpan(before, { ...seen, facts }, hasRestarted),
    timeline: Math.max(facts.timeline ?? 0, before?.timeline ?? 0) || undefined,
    lsn,
    lsnAtMs: lsn !== before?.lsn ? seen.atMs : before?.lsnAtMs,
    systemId: facts.systemId ?? before?.systemId,
    startedAtMs: facts.startedAtMs ?? before?.startedAtMs,
    restarts: (before?.restarts ?? 0) + (hasRestarted ? 1 : 0),
  });
  if (facts.inRecovery === false && lsn !== undefined)
    next.wal = extendWalSamples(isNewTimeline ? [] : next.wal, seen.atMs, lsn);
}

/** Seen out of recovery and in it at the same time, in one life: that it takes writes stands. */
function standing(before: MemberMemory | undefined, facts: SqlTold, atMs: number): SqlTold {
  const isSameLife = facts.startedAtMs === undefined || facts.startedAtMs === before?.startedAtMs;
  if (!facts.inRecovery || before?.inRecovery !== false || before.inRecoveryAtMs !== atMs || !isSameLife) return facts;
  const { inRecovery: _, ...rest } = facts;
  return rest;
}

/** A restart begins a new life: nobody saw what it was between the two. */
function writableSpan(
  before: MemberMemory | undefined,
  { facts, atMs, latencyMs = 0 }: ObservationOf<'sql'>,
  hasRestarted: boolean,
): Pick<MemberMemory, 'writableSinceMs' | 'writableAtMs'> {
  if (facts?.inRecovery === undefined)
    return { writableSinceMs: before?.writableSinceMs, writableAtMs: before?.writableAtMs };
  if (facts.inRecovery) return { writableSinceMs: undefined, writableAtMs: undefined };
  const sinceMs = hasRestarted ? undefined : before?.writableSinceMs;
  return { writableSinceMs: sinceMs ?? atMs, writableAtMs: atMs - latencyMs };
}

function rememberHost(next: Draft, seen: ObservationOf<'host'>): void {
  const before = next.hosts.get(seen.member);
  const isSame = before?.facts.postgres === seen.facts.postgres;
  const recovered = seen.facts.recoveryLsn !== undefined && seen.facts.recoveryLsn !== before?.facts.recoveryLsn;
  next.hosts.set(seen.member, {
    atMs: seen.atMs,
    facts: seen.facts,
    postgresSinceMs: isSame && before !== undefined ? before.postgresSinceMs : seen.atMs,
    recoveryAdvancedAtMs: recovered ? seen.atMs : before?.recoveryAdvancedAtMs,
    peers: seen.facts.peers ?? before?.peers,
    peersAtMs: seen.facts.peers === undefined ? before?.peersAtMs : seen.atMs,
  });
}

function rememberCanary(next: Draft, seen: ObservationOf<'canary'>): void {
  const before = next.canaries.get(seen.by);
  const { succeeded, failed, p99Ms } = seen.facts;
  const isFailing = failed > 0 && succeeded === 0;
  next.canaries.set(seen.by, {
    atMs: seen.atMs,
    previousAtMs: before?.atMs,
    succeeded,
    failed,
    p99Ms,
    failingSinceMs: isFailing ? (before?.failingSinceMs ?? seen.atMs) : undefined,
  });
}

function rememberIntent(next: Draft, seen: ObservationOf<'intent'>): void {
  const key = `${seen.member ?? '*'}|${seen.facts?.kind ?? '*'}`;
  if (seen.outcome === 'declared') {
    const { kind = 'maintenance', untilMs, owner } = seen.facts ?? {};
    next.intents.set(key, { kind, member: seen.member, untilMs, owner: owner ?? seen.by, atMs: seen.atMs });
    return;
  }
  for (const other of Array.from(next.intents.keys())) {
    const [member, kind] = other.split('|');
    const matches =
      (seen.member === undefined || member === seen.member || member === '*') &&
      (seen.facts === undefined || kind === seen.facts.kind);
    if (matches) next.intents.delete(other);
  }
}
