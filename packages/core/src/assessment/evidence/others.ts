// Agents, clients and declared intents, as items.
import type { Case } from '../case.ts';
import type { Findings, HostFinding } from '../findings/index.ts';
import { sayDuration, sayOutcome } from '../words.ts';
import type { Side, Sided } from './sided.ts';

export function fromHost(given: Case, host: HostFinding): readonly Sided[] {
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

export function fromClient(given: Case, client: Findings['clients'][number]): readonly Sided[] {
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

export function fromIntents(given: Case): readonly Sided[] {
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
