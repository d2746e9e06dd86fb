// A modelled primary/standby set: processes, timelines, WAL positions, receivers, a client that writes. What it does is what
// Postgres 15 was measured to do: a frozen primary stays streaming, a standby reconnects after 5 s, a crash loses the tail.
import { formatLsn, type Lsn } from '@petrov/core/cluster';

export type Member = {
  readonly id: string;
  readonly zone: string;
  /** `off`: its whole host is gone, agent included. */
  process: 'running' | 'absent' | 'frozen' | 'starting' | 'off';
  inRecovery: boolean;
  timeline: number;
  /** Written, or received; bytes. */
  position: number;
  /** Where its timeline left the one before. */
  forkedAt: number;
  upstream: string;
  receiver: 'streaming' | 'connecting';
  lastMessageAtMs: number;
  retryAtMs: number;
  startsAtMs?: number | undefined;
  startedAtMs: number;
  isFenced: boolean;
  /** It ended with a shutdown checkpoint. */
  isClean: boolean;
  /** A query holds its replay up. */
  isReplayBlocked: boolean;
  /** Somebody made it take writes behind everybody's back. */
  isForced: boolean;
  /** Of the epoch that was told to it, while replay is held up. */
  pendingPromotion?: number | undefined;
  /** It can't be rewound; there is no room for a copy; a rewind of it ended half-way, so that it can't be started. */
  lacksWal: boolean;
  isFull: boolean;
  isHalfWay: boolean;
};
export type Servers = {
  readonly members: readonly Member[];
  /** Acknowledged to clients: the newest position, and when. */
  acknowledged: { position: number; atMs: number };
  client: { succeeded: number; failed: number };
};

export const SYSTEM = '7300000000000000001';
const RETRY_MS = 5_000;
const WRITE_BYTES = 4_096;

export function createServers(ids: readonly (readonly [string, string])[], nowMs: number): Servers {
  const members = ids.map(
    ([id, zone], index): Member => ({
      id,
      zone,
      process: 'running',
      inRecovery: index > 0,
      timeline: 1,
      position: 0x3000000,
      forkedAt: 0,
      upstream: ids[0]?.[0] ?? id,
      receiver: 'streaming',
      lastMessageAtMs: nowMs,
      retryAtMs: nowMs,
      startedAtMs: nowMs,
      isFenced: false,
      isClean: false,
      isReplayBlocked: false,
      lacksWal: false,
      isFull: false,
      isHalfWay: false,
      isForced: false,
    }),
  );
  return { members, acknowledged: { position: 0, atMs: nowMs }, client: { succeeded: 0, failed: 0 } };
}

export function getMember({ members }: Servers, id: string): Member {
  const member = members.find((m) => m.id === id);
  if (member === undefined) throw new Error(`the world has no member ${id}`);
  return member;
}

export function isWritable({ process, inRecovery }: Member): boolean {
  return process === 'running' && !inRecovery;
}

/** Promotions that nothing holds up any more happen, whoever wanted them; each by its epoch and by whom. */
export function promotePending(servers: Servers): readonly { readonly epoch: number; readonly member: Member }[] {
  return servers.members.flatMap((member) => {
    const epoch = member.pendingPromotion;
    if (epoch === undefined || member.isReplayBlocked || member.process !== 'running') return [];
    member.pendingPromotion = undefined;
    promoteServer(member);
    return [{ epoch, member }];
  });
}

/** A tenth of a second of life. */
export function liveOn(servers: Servers, nowMs: number): void {
  for (const member of servers.members) {
    if (member.process === 'starting' && nowMs >= (member.startsAtMs ?? 0)) {
      Object.assign(member, {
        process: 'running',
        inRecovery: member.isFenced || member.inRecovery,
        startedAtMs: nowMs,
      });
    }
  }
  for (const member of servers.members)
    if (member.inRecovery && member.process === 'running') receive(servers, member, nowMs);
  for (const member of servers.members) if (member.isForced && isWritable(member)) member.position += WRITE_BYTES;
  const writable = servers.members
    .filter((m) => isWritable(m) && !m.isForced)
    .sort((a, b) => b.timeline - a.timeline)[0];
  if (writable === undefined) {
    servers.client.failed += 1;
    return;
  }
  writable.position += WRITE_BYTES;
  servers.client.succeeded += 1;
  servers.acknowledged = { position: writable.position, atMs: nowMs };
}

function receive(servers: Servers, member: Member, nowMs: number): void {
  const upstream = servers.members.find((m) => m.id === member.upstream);
  if (upstream === undefined || upstream.id === member.id || upstream.process === 'frozen') return;
  if (!isWritable(upstream)) {
    if (member.receiver === 'streaming') Object.assign(member, { receiver: 'connecting', retryAtMs: nowMs + RETRY_MS });
    return;
  }
  if (member.receiver === 'connecting') {
    if (nowMs < member.retryAtMs) return;
    const canFollow = upstream.timeline === member.timeline || member.position <= upstream.forkedAt;
    member.retryAtMs = nowMs + RETRY_MS;
    if (!canFollow) return;
    Object.assign(member, { receiver: 'streaming', timeline: upstream.timeline });
  }
  Object.assign(member, { position: upstream.position, lastMessageAtMs: nowMs });
}

export function kill(member: Member): void {
  Object.assign(member, { process: 'absent', isClean: false });
}

export function forceWritable(member: Member, nowMs: number): void {
  const state = { process: 'running', inRecovery: false, isFenced: false, isForced: true, isClean: false } as const;
  Object.assign(member, { ...state, startedAtMs: nowMs });
}

export function stop(member: Member): void {
  Object.assign(member, { process: 'absent', isClean: true });
}

/** Postgres isn't started when the host has its power back. */
export function switchHost(member: Member, isOn: boolean): void {
  if (isOn && member.process === 'off') kill(member);
  if (!isOn) member.process = 'off';
}

export function start(member: Member, nowMs: number, startingForMs: number): void {
  Object.assign(member, { process: 'starting', startsAtMs: nowMs + startingForMs, isClean: false });
}

export function promoteServer(member: Member): void {
  Object.assign(member, { inRecovery: false, timeline: member.timeline + 1, forkedAt: member.position });
}

/** A switchover by somebody's hand: the primary stops cleanly, which sends this one all of it, and comes back as its standby. */
export function handOver(servers: Servers, to: Member, nowMs: number): void {
  for (const from of servers.members.filter(isWritable)) {
    to.position = from.position;
    Object.assign(from, { inRecovery: true, startedAtMs: nowMs });
    Object.assign(from, { upstream: to.id, receiver: 'connecting', retryAtMs: nowMs });
  }
  promoteServer(to);
}

export function lsnOf(member: Member): Lsn {
  return formatLsn(BigInt(member.position));
}
