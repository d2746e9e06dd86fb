// Every piece of evidence as an item with a side: it speaks for the primary having failed, for its living, or leaves open.
// An item's id is stable while its source is the same, so that revisions can be compared; its side is where it stands.
import { readOutcome } from '../observation/index.ts';
import type { Evidence } from './assessment.ts';
import type { Case } from './case.ts';
import {
  corroboratesLoss,
  type Findings,
  type HostFinding,
  type StandbyFinding,
  type WitnessFinding,
} from './findings/index.ts';
import { sayDuration, sayOutcome } from './words.ts';

export type Sides = {
  readonly failing: readonly Evidence[];
  readonly living: readonly Evidence[];
  readonly unknown: readonly Evidence[];
  readonly doubts: readonly Evidence[];
  readonly lookedIn: readonly string[];
};
type Side = 'failing' | 'living' | 'unknown' | 'doubts';
type Sided = { readonly side: Side; readonly item: Evidence };

export function collectEvidence(given: Case, found: Findings): Sides {
  const items = [
    ...found.reach.map((w) => fromWitness(given, w)),
    ...found.standbys.map((s) => fromStandby(given, s)),
    ...found.hosts.flatMap((h) => fromHost(given, h)),
    ...found.clients.flatMap((c) => fromClient(given, c)),
    ...fromIntents(given),
  ];
  const on = (side: Side) => items.filter((i) => i.side === side).map((i) => i.item);
  return {
    failing: on('failing'),
    living: on('living'),
    unknown: on('unknown'),
    doubts: on('doubts'),
    lookedIn: [
      'commits by witnesses',
      'WAL arriving at standbys',
      'agents on all hosts',
      ...(found.clients.length > 0 ? ['client writes'] : []),
      'declared maintenance',
      'other members out of recovery',
      'doubts of the witnesses themselves',
    ],
  };
}

function fromWitness(given: Case, witness: WitnessFinding): Sided {
  const asked = witness.sql ?? witness.tcp;
  const item = (says: string, more: Partial<Evidence> = {}): Evidence => ({
    id: `reach/${witness.id}`,
    kind: 'reach',
    source: witness.id,
    zone: witness.zone,
    says,
    sinceAtMs: given.nowMs,
    ...more,
  });
  if (witness.doubt !== undefined)
    return {
      side: 'doubts',
      item: { ...item(`${witness.id} doubts itself: ${witness.doubt}`), kind: 'self', id: `self/${witness.id}` },
    };
  if (asked === undefined || !asked.isFresh) {
    const silentFor =
      witness.lastHeardAtMs === undefined
        ? 'has not reported yet'
        : `has not told of ${given.primary} for ${sayDuration(given.nowMs - (asked?.track.last.atMs ?? witness.lastHeardAtMs))}`;
    return {
      side: 'unknown',
      item: item(`${witness.id} ${silentFor}`, { sinceAtMs: asked?.track.last.atMs ?? given.nowMs }),
    };
  }
  const { last, suspectSinceMs } = asked.track;
  const seen = {
    seenAtMs: last.atMs,
    sample: { probe: witness.sql ? 'sql' : 'tcp', outcome: last.outcome, latencyMs: last.latencyMs, ...last.facts },
  };
  if (witness.suspectsReads)
    return {
      side: 'failing',
      item: item(`${witness.id}: ${sayOutcome(last.outcome)} at ${given.primary}`, {
        ...seen,
        sinceAtMs: suspectSinceMs ?? last.atMs,
      }),
    };
  if (witness.suspectsCommits && witness.write !== undefined) {
    const { last: write, suspectSinceMs: since } = witness.write.track;
    return {
      side: 'failing',
      item: item(`${witness.id}: reads work, a commit does not return`, {
        seenAtMs: write.atMs,
        sinceAtMs: since ?? write.atMs,
        sample: { probe: 'write', outcome: write.outcome },
      }),
    };
  }
  if (last.reading === 'alive')
    return {
      side: 'living',
      item: item(`${witness.id}: ${given.primary} ${sayOutcome(last.outcome)}`, {
        ...seen,
        sinceAtMs: asked.track.recent[0]?.atMs ?? last.atMs,
      }),
    };
  return {
    side: 'unknown',
    item: item(`${witness.id}: ${sayOutcome(last.outcome)} at ${given.primary}, not often enough to count`, {
      ...seen,
      sinceAtMs: last.atMs,
    }),
  };
}

function fromStandby(given: Case, standby: StandbyFinding): Sided {
  const { receiver } = standby;
  const base = { id: `testimony/${standby.id}`, kind: 'testimony' as const, source: standby.id, zone: standby.zone };
  const sample =
    receiver === undefined
      ? {}
      : {
          sample: {
            status: receiver.status,
            receivedLsn: receiver.receivedLsn,
            lastMessageAgeMs: receiver.lastMessageAgeMs,
            timeline: receiver.timeline,
            upstream: receiver.upstream,
          },
        };
  const say = (side: Side, says: string, sinceAtMs: number): Sided => ({
    side,
    item: { ...base, says, sinceAtMs, ...(receiver === undefined ? {} : { seenAtMs: receiver.atMs }), ...sample },
  });
  if (receiver === undefined || !standby.isFresh)
    return say(
      'unknown',
      `${standby.id} has not been heard${receiver === undefined ? '' : ` for ${sayDuration(given.nowMs - receiver.atMs)}`}`,
      receiver?.atMs ?? given.nowMs,
    );
  if (!standby.isDirect)
    return say('unknown', `${standby.id} says nothing about ${given.primary}: ${standby.whyNot}`, receiver.atMs);
  if (standby.isStopped)
    return say(
      'unknown',
      `${standby.id}: its receiver was stopped by somebody, not lost`,
      receiver.brokenSinceMs ?? receiver.atMs,
    );
  if (corroboratesLoss(standby)) {
    return say(
      'failing',
      `${standby.id} ${standby.isLost ? 'lost its stream from' : 'hears nothing more from'} ${given.primary}; its WAL stands still at ${receiver.receivedLsn ?? '?'}`,
      standby.advancedAtMs ?? receiver.atMs,
    );
  }
  if (standby.isLost)
    return say(
      'unknown',
      `${standby.id} has lost its stream from ${given.primary}`,
      receiver.brokenSinceMs ?? receiver.atMs,
    );
  const isMoving = (standby.stillMs ?? 0) < 3_000;
  const age =
    receiver.lastMessageAgeMs === undefined ? '' : `, newest message ${sayDuration(receiver.lastMessageAgeMs)} old`;
  return say(
    isMoving || (receiver.lastMessageAgeMs ?? Infinity) <= 3_000 ? 'living' : 'unknown',
    isMoving
      ? `WAL still arrives at ${standby.id}${age}`
      : `${standby.id} is connected, no newer WAL for ${sayDuration(standby.stillMs ?? 0)}${age}`,
    standby.advancedAtMs ?? receiver.atMs,
  );
}

function fromHost(given: Case, host: HostFinding): readonly Sided[] {
  const base = { kind: 'host' as const, source: host.source, zone: host.zone };
  const seen = host.host === undefined ? {} : { seenAtMs: host.host.atMs, sample: { ...host.host.facts } };
  if (host.host === undefined) return [];
  const isPrimary = host.member === given.primary;
  if (!host.isFresh)
    return isPrimary
      ? [
          {
            side: 'unknown',
            item: {
              ...base,
              id: `host/${host.member}`,
              says: `the agent on ${host.member} is silent for ${sayDuration(given.nowMs - host.host.atMs)}`,
              sinceAtMs: host.host.atMs,
              ...seen,
            },
          },
        ]
      : [];
  if (isPrimary) {
    const { postgres } = host.host.facts;
    const words = {
      running: 'Postgres runs',
      absent: 'Postgres is absent',
      stopped: 'Postgres is there but stopped (frozen)',
      starting: 'Postgres is starting',
    }[postgres];
    const side: Side = postgres === 'running' ? 'living' : postgres === 'starting' ? 'unknown' : 'failing';
    return [
      {
        side,
        item: {
          ...base,
          id: `host/${host.member}`,
          says: `agent on its host: ${words}`,
          sinceAtMs: host.host.postgresSinceMs,
          ...seen,
        },
      },
    ];
  }
  if (host.reachesPrimary === undefined) return [];
  const isOk = host.reachesPrimary === 'ok';
  return [
    {
      side: isOk ? 'living' : 'failing',
      item: {
        ...base,
        id: `peer/${host.member}`,
        says: `host of ${host.member} ${isOk ? 'reaches' : 'does not reach'} ${given.primary}${isOk ? '' : `: ${sayOutcome(host.reachesPrimary)}`}`,
        sinceAtMs: host.host.atMs,
        ...seen,
      },
    },
  ];
}

function fromClient(given: Case, client: Findings['clients'][number]): readonly Sided[] {
  const { canary } = client;
  const base = { id: `client/${client.source}`, kind: 'client' as const, source: client.source };
  if (!client.isFresh)
    return [
      {
        side: 'unknown',
        item: {
          ...base,
          says: `${client.source} is silent for ${sayDuration(given.nowMs - canary.atMs)}`,
          sinceAtMs: canary.atMs,
        },
      },
    ];
  const total = canary.succeeded + canary.failed;
  const seen = {
    seenAtMs: canary.atMs,
    sample: { succeeded: canary.succeeded, failed: canary.failed, p99Ms: canary.p99Ms },
  };
  if (total === 0)
    return [
      {
        side: 'unknown',
        item: { ...base, says: `${client.source} wrote nothing lately`, sinceAtMs: canary.atMs, ...seen },
      },
    ];
  const side: Side = client.isFailing ? 'failing' : client.isServed ? 'living' : 'unknown';
  return [
    {
      side,
      item: {
        ...base,
        says: `clients: ${canary.succeeded} of ${total} writes succeed`,
        sinceAtMs: canary.failingSinceMs ?? canary.atMs,
        ...seen,
      },
    },
  ];
}

function fromIntents(given: Case): readonly Sided[] {
  return [...given.memory.intents.values()]
    .filter((i) => i.untilMs === undefined || i.untilMs > given.nowMs)
    .map((intent) => ({
      side: 'living' as const,
      item: {
        id: `intent/${intent.kind}/${intent.member ?? given.topology.id}`,
        kind: 'intent' as const,
        source: intent.owner,
        says: `${intent.owner} declared a ${intent.kind}${intent.member === undefined ? '' : ` of ${intent.member}`}`,
        sinceAtMs: intent.atMs,
      },
    }));
}

/** The newest outcome that most of those who suspect the primary got, in words; for headlines. */
export function sayMainOutcome(found: Findings): string {
  const counts = new Map<string, number>();
  for (const w of found.reach.filter((r) => r.suspectsReads)) {
    const outcome = (w.sql ?? w.tcp)?.track.last.outcome ?? 'timeout';
    if (readOutcome(outcome) !== 'alive') counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const [main] = [...counts].sort((a, b) => b[1] - a[1]);
  return sayOutcome(main?.[0] ?? 'timeout');
}
