// Cases for tests: what sources would have told of a set of three, second by second, folded into what a judgment reads.
import type { Case } from '@petrov/core/assessment';
import { ClusterTopology, formatLsn, type Lsn, type PolicyInput, resolvePolicy } from '@petrov/core/cluster';
import { emptyMemory, extendSource, type Observation, remember, type SourceMemory } from '@petrov/core/observation';

export * from './readiness.ts';

export const T = 1_700_000_000_000;
export const SYSTEM_ID = '7300000000000000001';
export const witnesses = ['a', 'b', 'c'].map((zone) => ({ id: `w-${zone}`, zone }));
type MemberInput = { id: string; zone: string; role: 'primary' | 'standby'; priority?: number; delayMs?: number };
export const threeMembers: readonly MemberInput[] = [
  { id: 'orders-1', zone: 'a', role: 'primary' },
  { id: 'orders-2', zone: 'b', role: 'standby' },
  { id: 'orders-3', zone: 'c', role: 'standby' },
];
export function topologyOf(members: readonly MemberInput[] = threeMembers): ClusterTopology {
  return ClusterTopology.parse({ id: 'orders', members });
}

/** What a standby tells of its receiver; `atS` freezes its position as it was at that second, `behind` shifts it, bytes. */
export type Receiving = {
  readonly status?: 'streaming' | 'connecting' | 'stopped' | 'none';
  readonly stillSinceS?: number;
  readonly behind?: number;
  readonly ageMs?: number;
  readonly upstream?: string;
  readonly timeline?: number;
  readonly systemId?: string;
  readonly isSilent?: boolean;
};
export type Told = {
  readonly reads?: Extract<Observation, { probe: 'sql' }>['outcome'];
  readonly writes?: Extract<Observation, { probe: 'write' }>['outcome'];
  /** Witnesses that report; default all. */
  readonly by?: readonly string[];
  readonly standbys?: Readonly<Record<string, Receiving>>;
  readonly host?: 'running' | 'absent' | 'stopped' | 'starting';
  readonly peers?: 'ok' | 'refused' | 'timeout';
  /** Verbs that a member's agent says it obeys; default: it doesn't tell. */
  readonly allow?: Readonly<Record<string, string[]>>;
  readonly client?: { readonly succeeded: number; readonly failed: number };
  readonly syncState?: string;
  readonly bytesPerSecond?: number;
};

export function lsnAt(second: number, bytesPerSecond = 20_000): Lsn {
  return formatLsn(BigInt(0x3000000 + Math.max(0, Math.round(second * bytesPerSecond))));
}

/** Second by second from `fromS` up to and without `toS`: what everybody tells. */
export function tell([fromS, toS]: readonly [number, number], told: Told): readonly Observation[] {
  const seconds = Array.from({ length: toS - fromS }, (_, i) => fromS + i);
  return seconds.flatMap((s) => tellSecond(s, told));
}

function tellSecond(second: number, told: Told): readonly Observation[] {
  const { reads = 'ok', writes = reads as 'ok', by = witnesses.map((w) => w.id), bytesPerSecond } = told;
  const atMs = T + second * 1_000;
  const of = { cluster: 'orders', atMs, latencyMs: reads === 'timeout' ? 900 : 2 };
  const position = { timeline: 1, lsn: lsnAt(second, bytesPerSecond), systemId: SYSTEM_ID };
  const facts = reads === 'ok' ? { facts: { inRecovery: false, startedAtMs: T, ...position } } : {};
  const fromWitnesses = by.flatMap((id): Observation[] => [
    { ...of, by: id, member: 'orders-1', probe: 'sql', outcome: reads, ...facts },
    { ...of, by: id, member: 'orders-1', probe: 'write', outcome: writes },
  ]);
  const standbys = Object.entries(told.standbys ?? { 'orders-2': {}, 'orders-3': {} });
  const fromStandbys = standbys.flatMap(([id, r]) => (r.isSilent ? [] : [tellReceiver(id, second, { r, told })]));
  const state = { state: 'streaming', syncState: told.syncState ?? 'async' };
  const senders: Observation[] =
    reads === 'ok'
      ? [
          {
            ...of,
            by: 'w-a',
            member: 'orders-1',
            probe: 'wal-senders',
            outcome: 'ok',
            facts: { standbys: standbys.map(([member]) => ({ member, ...state })) },
          },
        ]
      : [];
  return [...fromWitnesses, ...fromStandbys, ...senders, ...tellHosts(atMs, told)];
}

function tellReceiver(id: string, second: number, { r, told }: { r: Receiving; told: Told }): Observation {
  const lsn = lsnAt(
    Math.min(second, r.stillSinceS ?? second) - (r.behind ?? 0) / (told.bytesPerSecond ?? 20_000),
    told.bytesPerSecond,
  );
  return {
    by: 'w-b',
    cluster: 'orders',
    member: id,
    probe: 'wal-receiver',
    outcome: 'ok',
    atMs: T + second * 1_000,
    facts: {
      status: r.status ?? 'streaming',
      upstream: r.upstream ?? 'orders-1',
      receivedLsn: lsn,
      replayedLsn: lsn,
      timeline: r.timeline ?? 1,
      systemId: r.systemId ?? SYSTEM_ID,
      ...((r.status ?? 'streaming') === 'streaming' ? { lastMessageAgeMs: r.ageMs ?? 100 } : {}),
    },
  };
}

/** What the agent on a member tells of its host, at any time it's asked for. */
export function hostTelling(member: string, facts: Extract<Observation, { probe: 'host' }>['facts']) {
  return (atMs: number): readonly Observation[] => [
    { by: `agent:${member}`, cluster: 'orders', member, atMs, probe: 'host', outcome: 'ok', facts },
  ];
}

function tellHosts(atMs: number, { host, peers, client, allow }: Told): readonly Observation[] {
  const agent = (member: string) =>
    ({ by: `agent:${member}`, cluster: 'orders', member, atMs, probe: 'host', outcome: 'ok' }) as const;
  const obeys = (member: string) => (allow?.[member] === undefined ? {} : { allow: allow[member] });
  return [
    ...(host === undefined ? [] : [{ ...agent('orders-1'), facts: { postgres: host, ...obeys('orders-1') } }]),
    ...(peers === undefined
      ? []
      : ['orders-2', 'orders-3'].map((m) => ({
          ...agent(m),
          facts: { postgres: 'running' as const, peers: { 'orders-1': peers }, ...obeys(m) },
        }))),
    ...(client === undefined
      ? []
      : [
          {
            by: 'canary:shop',
            cluster: 'orders',
            atMs,
            probe: 'canary' as const,
            outcome: 'ok' as const,
            facts: client,
          },
        ]),
  ];
}

export type CaseGiven = Partial<Pick<Case, 'suspectedSinceMs' | 'attached' | 'primary' | 'timeline' | 'topology'>> & {
  readonly nowS: number;
  readonly policy?: PolicyInput;
};

export function caseOf(seen: readonly Observation[], { nowS, policy: input, ...given }: CaseGiven): Case {
  const topology = given.topology ?? topologyOf();
  const policy = resolvePolicy(input ?? {});
  const memory = remember(emptyMemory, seen, { topology, policy });
  const sources = new Map<string, SourceMemory>();
  for (const one of seen)
    sources.set(one.by, extendSource(sources.get(one.by), one.atMs, one.probe === 'self' ? one : undefined));
  const base = { nowMs: T + nowS * 1_000, policy, witnesses, memory, sources, primary: 'orders-1', timeline: 1 };
  return { ...base, ...given, topology };
}
