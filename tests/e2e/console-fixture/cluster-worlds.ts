// Recorded views of one cluster, as the controller would tell them: healthy, blind, primary killed, promoted. Every view
// passes the schema that the console relies on.
import type { Evidence } from '@petrov/core/assessment';
import { ClusterHistory, ClusterView } from '@petrov/core/wire';

type Input<S extends { readonly _input: unknown }> = S['_input'];
type Members = Input<typeof ClusterView>['members'];
type Observers = Input<typeof ClusterView>['observers'];
export type Situation = 'healthy' | 'blind' | 'killed' | 'promoted';

export const lsn = '0/5A3F2C8';
export const environment = 'production';

export function clusterView(
  situation: Situation,
  times: { readonly t0: number; readonly nowMs: number; readonly isContradicted?: boolean },
): ClusterView {
  const { nowMs, t0, isContradicted = false } = times;
  const assessment = assessmentOf(situation, times);
  const isPromoted = situation === 'promoted';
  return ClusterView.parse({
    id: 'orders',
    environment,
    nowMs,
    epoch: isPromoted ? 1 : 0,
    primary: isPromoted ? 'orders-2' : 'orders-1',
    timeline: isPromoted ? 2 : 1,
    postgresVersion: '15.18',
    assessment: isContradicted ? { ...assessment, against: [contradiction(t0)] } : assessment,
    members: membersOf(situation, nowMs),
    observers: observersOf(situation, nowMs),
    writes: { succeeded: situation === 'killed' ? 0 : 41, failed: situation === 'killed' ? 41 : 0, atMs: nowMs - 800 },
    ...(situation === 'killed' ? { proposal: { id: 'p-7', state: 'open' } } : {}),
    ifItCameToIt: {
      candidate: isPromoted ? 'orders-3' : 'orders-2',
      says: `${isPromoted ? 'orders-3' : 'orders-2'} would be promoted: same timeline, nothing known to be missing, zone b.`,
      ranking: isPromoted ? [] : ranking,
      loss,
      fence:
        'No, once the agent on orders-1 has stopped Postgres and closed its start gate; promotion waits for that proof.',
    },
  } satisfies Input<typeof ClusterView>);
}

export const contradiction = (t0: number): Evidence => ({
  id: 'intent/restart',
  kind: 'intent',
  source: 'orders-1',
  says: 'a restart of orders-1 was declared by anna, for 10 minutes',
  sinceAtMs: t0 + 60_000,
});

export const ranking = [
  { member: 'orders-2', zone: 'b', lsn, behindBytes: 0, isChosen: true, says: 'furthest received and replayed WAL' },
  { member: 'orders-3', zone: 'c', lsn: '0/5A3F240', behindBytes: 136, isChosen: false, says: '136 B behind orders-2' },
];
export const loss = {
  bytes: 0,
  seconds: 0,
  upperBoundBytes: 16_384,
  upperBoundSeconds: 0.9,
  capBytes: 65_536,
  says: 'Nothing that is known of; at most 64 KiB, what was committed in the 0.9 s in which nobody saw its WAL.',
};

export function assessmentOf(situation: Situation, { t0, nowMs }: { readonly t0: number; readonly nowMs: number }) {
  const base = { cluster: 'orders', atMs: nowMs - 300, lookedIn: [...lookedIn] };
  const living = evidenceOfLife(t0, nowMs, situation === 'promoted' ? 'orders-2' : 'orders-1');
  switch (situation) {
    case 'healthy':
    case 'promoted':
      return {
        ...base,
        verdict: 'healthy' as const,
        action: 'none' as const,
        rule: 'healthy/answers',
        headline: `${situation === 'healthy' ? 'orders-1' : 'orders-2'} serves.`,
        explanation: '3 of 3 witnesses get answers, client writes succeed.',
        for: living,
        against: [],
        unknown: [],
      };
    case 'blind':
      return {
        ...base,
        verdict: 'monitoring-blind' as const,
        action: 'page' as const,
        rule: 'monitoring-blind/others-see-it-live',
        headline: 'We are blind, the database is not.',
        explanation:
          '3 of 3 witnesses lost orders-1, but orders-2, orders-3 and canary:checkout still see it alive. No failover is proposed: suspect the network between the witnesses and orders-1.',
        for: living.filter((item) => item.kind !== 'reach'),
        against: witnessesFail(t0, nowMs, 'no answer', 'timeout'),
        unknown: [],
      };
    case 'killed':
      return {
        ...base,
        verdict: 'primary-down' as const,
        action: 'propose-failover' as const,
        rule: 'primary-down/dead-answers',
        headline: 'The primary orders-1 is down.',
        explanation:
          '3 of 3 witnesses in 3 zones: connection refused; both standbys lost their stream; the agent on its host says that Postgres is absent.',
        for: evidenceOfFailure(t0, nowMs),
        against: [],
        unknown: [
          {
            id: 'why/orders-1',
            kind: 'host' as const,
            source: 'agent:orders-1',
            says: 'Why it stopped: no last words in its log. A supervisor may still start it.',
            sinceAtMs: t0,
          },
        ],
        suspectedSinceMs: t0,
      };
    default:
      return situation satisfies never;
  }
}

export const lookedIn = [
  'commits by witnesses',
  'WAL arriving at standbys',
  'agents on all hosts',
  'client writes',
  'declared maintenance',
  'doubts of the witnesses themselves',
] as const;

export function evidenceOfFailure(t0: number, nowMs: number): Evidence[] {
  return [
    ...witnessesFail(t0, nowMs, 'connection refused', 'refused'),
    ...['orders-2', 'orders-3'].map(
      (member, index): Evidence => ({
        id: `testimony/${member}`,
        kind: 'testimony',
        source: member,
        zone: index === 0 ? 'b' : 'c',
        says: `${member} lost its stream from orders-1; its WAL stands still at ${lsn}`,
        sinceAtMs: t0 + 400,
        seenAtMs: nowMs - 700,
        sample: { status: 'connecting', receivedLsn: lsn, lastMessageAgeMs: nowMs - t0, timeline: 1 },
      }),
    ),
    {
      id: 'host/orders-1',
      kind: 'host',
      source: 'agent:orders-1',
      zone: 'a',
      says: 'agent on its host: Postgres is absent',
      sinceAtMs: t0 + 900,
      seenAtMs: nowMs - 1_400,
      sample: { postgres: 'absent', link: 'up', diskFreeRatio: 0.61, load1: 0.2 },
    },
    {
      id: 'client/canary:checkout',
      kind: 'client',
      source: 'canary:checkout',
      says: 'clients: 0 of 41 writes succeed',
      sinceAtMs: t0 + 600,
      seenAtMs: nowMs - 800,
      sample: { succeeded: 0, failed: 41 },
    },
  ];
}

function witnessesFail(t0: number, nowMs: number, words: string, outcome: string): Evidence[] {
  return ['a', 'b', 'c'].map((zone) => ({
    id: `reach/w-${zone}`,
    kind: 'reach',
    source: `w-${zone}`,
    zone,
    says: `w-${zone}: ${words} at orders-1`,
    sinceAtMs: t0,
    seenAtMs: nowMs - 600,
    sample: { probe: 'sql', outcome, session: 'new' },
  }));
}

function evidenceOfLife(t0: number, nowMs: number, primary: string): Evidence[] {
  const since = t0 - 5_400_000;
  return [
    ...['a', 'b', 'c'].map(
      (zone): Evidence => ({
        id: `reach/w-${zone}`,
        kind: 'reach',
        source: `w-${zone}`,
        zone,
        says: `w-${zone}: ${primary} answers`,
        sinceAtMs: since,
        seenAtMs: nowMs - 500,
        sample: { probe: 'sql', outcome: 'ok', latencyMs: 2 },
      }),
    ),
    {
      id: 'testimony/orders-3',
      kind: 'testimony',
      source: 'orders-3',
      zone: 'c',
      says: 'WAL still arrives at orders-3, newest message 1.1 s old',
      sinceAtMs: since,
      seenAtMs: nowMs - 900,
      sample: { status: 'streaming', receivedLsn: lsn, lastMessageAgeMs: 1_100 },
    },
    {
      id: 'client/canary:checkout',
      kind: 'client',
      source: 'canary:checkout',
      says: 'clients: 41 of 41 writes succeed',
      sinceAtMs: since,
      seenAtMs: nowMs - 800,
      sample: { succeeded: 41, failed: 0, p99Ms: 6 },
    },
  ];
}

function membersOf(situation: Situation, nowMs: number): Members {
  const primary = situation === 'promoted' ? 'orders-2' : 'orders-1';
  const isDown = situation === 'killed';
  return ['orders-1', 'orders-2', 'orders-3'].map((id, index) => {
    const zone = 'abc'[index] ?? 'a';
    const seen = { seenAtMs: nowMs - 700, sync: false };
    if (id === primary) {
      const condition = isDown ? 'Postgres is absent' : 'serving';
      return { id, zone, role: 'primary', condition, timeline: situation === 'promoted' ? 2 : 1, lsn, ...seen };
    }
    if (situation === 'promoted' && id === 'orders-1') {
      return { id, zone, role: 'unknown', condition: 'fenced: starts read-only', ...seen };
    }
    return {
      id,
      zone,
      role: 'standby',
      condition: isDown ? `lost its stream from ${primary}` : `streaming from ${primary}`,
      timeline: situation === 'promoted' ? 2 : 1,
      receivedLsn: id === 'orders-3' ? '0/5A3F240' : lsn,
      replayedLsn: id === 'orders-3' ? '0/5A3F240' : lsn,
      upstream: primary,
      receiver: isDown ? 'connecting' : 'streaming',
      behindBytes: id === 'orders-3' ? 136 : 0,
      lastMessageAgeMs: isDown ? 151_000 : 1_100,
      ...seen,
    };
  });
}

function observersOf(situation: Situation, nowMs: number): Observers {
  const members = ['orders-1', 'orders-2', 'orders-3'];
  const alive = (latencyMs: number) => ({ outcome: 'ok', reading: 'alive' as const, latencyMs, atMs: nowMs - 500 });
  const lost =
    situation === 'blind'
      ? ({ outcome: 'timeout', reading: 'silent' } as const)
      : ({ outcome: 'refused', reading: 'dead' } as const);
  const isLost = situation === 'blind' || situation === 'killed';
  const primaryCell = isLost ? { ...lost, atMs: nowMs - 500 } : alive(2);
  const hostCell = situation === 'killed' ? { ...lost, atMs: nowMs - 900 } : alive(1);
  return [
    ...['a', 'b', 'c'].map((zone) => ({
      source: `w-${zone}`,
      kind: 'witness' as const,
      zone,
      lastHeardAtMs: nowMs - 500,
      ...(zone === 'c' && situation === 'blind' ? { doubt: 'its gateway does not answer' } : {}),
      cells: Object.fromEntries(members.map((id) => [id, id === 'orders-1' ? primaryCell : alive(2)])),
    })),
    ...['orders-2', 'orders-3'].map((self) => ({
      source: `host of ${self}`,
      kind: 'host' as const,
      lastHeardAtMs: nowMs - 900,
      cells: Object.fromEntries(
        members.filter((id) => id !== self).map((id) => [id, id === 'orders-1' ? hostCell : alive(1)]),
      ),
    })),
    {
      source: 'canary:checkout',
      kind: 'client' as const,
      lastHeardAtMs: nowMs - 800,
      cells: {
        'orders-1':
          situation === 'killed'
            ? { outcome: '41 failed', reading: 'dead' as const, atMs: nowMs - 800 }
            : { outcome: '41/s', reading: 'alive' as const, atMs: nowMs - 800 },
      },
    },
  ];
}

export function historyOf(situation: Situation, { t0, nowMs }: { readonly t0: number; readonly nowMs: number }) {
  const fromMs = nowMs - 600_000;
  const view = assessmentOf(situation, { t0, nowMs });
  const writes = [];
  for (let atMs = fromMs; atMs < nowMs; atMs += 1_000) {
    const wave = 38 + Math.round(4 * Math.sin(atMs / 17_000) + 2 * Math.sin(atMs / 5_300));
    if (atMs > nowMs - 320_000 && atMs < nowMs - 295_000) continue;
    const isDown = situation === 'killed' && atMs >= t0;
    writes.push({ atMs, succeeded: isDown ? 0 : wave, failed: isDown ? wave : 0 });
  }
  return ClusterHistory.parse({
    nowMs,
    fromMs,
    verdicts: [
      { atMs: fromMs - 60_000, verdict: 'healthy', headline: 'orders-1 serves.' },
      { atMs: t0 + 1_000, verdict: 'witness-suspect', headline: 'w-a alone lost orders-1.' },
      { atMs: t0 + 4_000, verdict: view.verdict, headline: view.headline },
    ],
    writes,
    lag: [],
  } satisfies Input<typeof ClusterHistory>);
}
