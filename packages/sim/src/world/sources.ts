// Witnesses, agents and a canary in the modelled world: what they would report, when, with deadlines that silence takes.
// One probe of a kind is outstanding at a time; while asked to, they look five times a second and carry the nonce.
import type { Observation } from '@petrov/core/observation';
import { lsnOf, type Member, type Servers, SYSTEM } from './postgres.ts';

export const CLUSTER = 'orders';
const INTERVAL_MS = 1_000;
const FASTER_MS = 200;
/** What begins after a question carries its nonce for this long, also when the hurry is over. */
const NONCE_FOR_MS = 15_000;
const DEADLINE_MS = { tcp: 1_000, sql: 2_000, write: 3_000 } as const;
/** A frozen server's kernel goes on accepting connections for this long. */
const KERNEL_ACCEPTS_MS = 11_000;

type Probe = 'tcp' | 'sql' | 'write' | 'wal-receiver';
export type Witness = {
  readonly id: string;
  readonly zone: string;
  nextAtMs: number;
  readonly busyUntilMs: Map<string, number>;
  asked?: { readonly nonce: string; readonly atMs: number; readonly fastForMs: number } | undefined;
};
export type View = {
  readonly servers: Servers;
  /** Members that no witness reaches. */
  readonly cut: ReadonlySet<string>;
  readonly frozenAtMs: ReadonlyMap<string, number>;
  readonly nowMs: number;
};
/** An observation under way: known once `atMs` has come. */
export type Pending = Observation;

export function probeAll(witness: Witness, view: View): readonly Pending[] {
  const { nowMs, servers } = view;
  if (witness.asked !== undefined && nowMs - witness.asked.atMs > NONCE_FOR_MS) witness.asked = undefined;
  if (nowMs < witness.nextAtMs) return [];
  const isFast = witness.asked !== undefined && nowMs - witness.asked.atMs <= witness.asked.fastForMs;
  witness.nextAtMs = nowMs + (isFast ? FASTER_MS : INTERVAL_MS);
  const self: Pending = {
    by: witness.id,
    cluster: CLUSTER,
    probe: 'self',
    outcome: 'ok',
    atMs: nowMs + 1,
    facts: { loopLagMs: 1, clockStepMs: 0, gateway: 'ok', peers: ['others'] },
  };
  return [self, ...servers.members.flatMap((member) => probeMember(witness, member, view))];
}

function probeMember(witness: Witness, member: Member, view: View): readonly Pending[] {
  const probes: Probe[] = member.inRecovery ? ['tcp', 'sql', 'wal-receiver'] : ['tcp', 'sql', 'write'];
  return probes.flatMap((probe) => {
    const key = `${member.id}/${probe}`;
    if (view.nowMs < (witness.busyUntilMs.get(key) ?? 0)) return [];
    const seen = probeOnce(witness, member, { probe, view });
    witness.busyUntilMs.set(key, seen.atMs);
    return [seen];
  });
}

function probeOnce(witness: Witness, member: Member, { probe, view }: { probe: Probe; view: View }): Pending {
  const { nowMs } = view;
  const fails = failureOf(member, probe, view);
  const latencyMs = fails === 'timeout' ? DEADLINE_MS[probe === 'wal-receiver' ? 'sql' : probe] : 2;
  const base = {
    by: witness.id,
    cluster: CLUSTER,
    member: member.id,
    latencyMs,
    atMs: nowMs + latencyMs,
    ...(witness.asked === undefined ? {} : { nonce: witness.asked.nonce }),
  };
  if (probe === 'tcp') return { ...base, probe, outcome: fails === 'starting-up' ? 'ok' : (fails ?? 'ok') };
  if (fails !== undefined) return { ...base, probe, outcome: fails };
  if (probe === 'write') return { ...base, probe, outcome: 'ok' };
  if (probe === 'sql') {
    const { inRecovery, timeline, startedAtMs } = member;
    return {
      ...base,
      probe,
      outcome: 'ok',
      facts: { inRecovery, timeline, startedAtMs, lsn: lsnOf(member), systemId: SYSTEM },
    };
  }
  const { receiver: status, upstream, timeline, lastMessageAtMs } = member;
  const age = status === 'streaming' ? { lastMessageAgeMs: nowMs - lastMessageAtMs } : {};
  const positions = { receivedLsn: lsnOf(member), replayedLsn: lsnOf(member) };
  return {
    ...base,
    probe,
    outcome: 'ok',
    facts: { status, upstream, timeline, systemId: SYSTEM, ...positions, ...age },
  };
}

function failureOf(member: Member, probe: Probe, view: View): 'refused' | 'timeout' | 'starting-up' | undefined {
  if (view.cut.has(member.id)) return 'timeout';
  switch (member.process) {
    case 'running':
      return undefined;
    case 'absent':
      return 'refused';
    case 'starting':
      return 'starting-up';
    case 'off':
      return 'timeout';
    case 'frozen': {
      const isAccepting = view.nowMs - (view.frozenAtMs.get(member.id) ?? 0) < KERNEL_ACCEPTS_MS;
      return probe === 'tcp' && isAccepting ? undefined : 'timeout';
    }
  }
}

/** What the agents and the canary say once a second. */
export function reportOfHosts({ servers, nowMs }: View): readonly Pending[] {
  const postgres = { running: 'running', absent: 'absent', frozen: 'stopped', starting: 'starting' } as const;
  const look = (other: Member) =>
    (({ running: 'ok', starting: 'ok', absent: 'refused', frozen: 'timeout', off: 'timeout' }) as const)[other.process];
  const hosts = servers.members.flatMap((member): Pending[] => {
    if (member.process === 'off') return [];
    const peers = Object.fromEntries(servers.members.filter((m) => m !== member).map((m) => [m.id, look(m)]));
    const facts = { postgres: postgres[member.process], fenced: member.isFenced, peers };
    return [
      {
        by: `agent:${member.id}`,
        cluster: CLUSTER,
        member: member.id,
        probe: 'host',
        outcome: 'ok',
        facts,
        atMs: nowMs,
      },
    ];
  });
  const canary: Pending = {
    by: 'canary:shop',
    cluster: CLUSTER,
    probe: 'canary',
    outcome: 'ok',
    atMs: nowMs,
    facts: { ...servers.client },
  };
  servers.client = { succeeded: 0, failed: 0 };
  return [...hosts, canary];
}
