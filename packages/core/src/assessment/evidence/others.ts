// Agents, clients and declared intents, as items.
import type { HostMemory } from '../../observation/index.ts';
import type { Case } from '../case.ts';
import { type Findings, type HostFinding, isSinceSuspicion } from '../findings/index.ts';
import { sayDuration, sayOutcome } from '../words.ts';
import type { Side, Sided } from './sided.ts';

const sideOfPostgres: Readonly<Record<HostMemory['facts']['postgres'], readonly [Side, string]>> = {
  running: ['living', 'Postgres runs'],
  absent: ['failing', 'Postgres is absent'],
  stopped: ['failing', 'Postgres is there but stopped (frozen)'],
  starting: ['unknown', 'Postgres is starting'],
};

/** An item once there stays there: a host that falls silent leaves it open, it doesn't take its word back. */
export function fromHost(given: Case, host: HostFinding): readonly Sided[] {
  const base = { kind: 'host' as const, source: host.source, zone: host.zone };
  const seen = host.host === undefined ? {} : { seenAtMs: host.host.atMs, sample: { ...host.host.facts } };
  if (host.host === undefined) return [];
  const silence = (id: string, says: string, sinceAtMs: number): readonly Sided[] => [
    { side: 'unknown', item: { ...base, id, says, sinceAtMs, ...seen } },
  ];
  const silentFor = `the agent on ${host.member} is silent for ${sayDuration(given.nowMs - host.host.atMs)}`;
  if (host.member === given.primary) {
    const id = `host/${host.member}`;
    if (!host.isFresh) return silence(id, silentFor, host.host.atMs);
    const [side, words] = sideOfPostgres[host.host.facts.postgres];
    if (side === 'living' && !isSinceSuspicion(given, host.host.atMs))
      return silence(id, `agent on its host: ${words}, as told before it was suspected`, host.host.postgresSinceMs);
    return [
      {
        side,
        item: { ...base, id, says: `agent on its host: ${words}`, sinceAtMs: host.host.postgresSinceMs, ...seen },
      },
    ];
  }
  const id = `peer/${host.member}`;
  if (host.reachedAtMs === undefined) return [];
  if (!host.isFresh) return silence(id, silentFor, host.host.atMs);
  if (host.reachesPrimary === undefined)
    return silence(
      id,
      `host of ${host.member} has not looked at ${given.primary} for ${sayDuration(given.nowMs - host.reachedAtMs)}`,
      host.reachedAtMs,
    );
  const isOk = host.reachesPrimary === 'ok';
  if (isOk && !isSinceSuspicion(given, host.reachedAtMs))
    return silence(id, `host of ${host.member} reached ${given.primary} before it was suspected`, host.reachedAtMs);
  return [
    {
      side: isOk ? 'living' : 'failing',
      item: {
        ...base,
        id,
        says: `host of ${host.member} ${isOk ? 'reaches' : 'does not reach'} ${given.primary}${isOk ? '' : `: ${sayOutcome(host.reachesPrimary)}`}`,
        ...seen,
        sinceAtMs: host.reachedAtMs,
        seenAtMs: host.reachedAtMs,
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
  const isOfNow = isSinceSuspicion(given, canary.previousAtMs ?? canary.atMs);
  const side: Side = client.isFailing ? 'failing' : client.isServed && isOfNow ? 'living' : 'unknown';
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
