// Whom the controller listens to, by configuration: each source's key, and what it may speak of.
import type { Sighting } from '@petrov/core/observation';
import type { ControllerConfig } from '@petrov/core/wire';
import { createVerifier, type Verifier } from '@petrov/runtime/signing';

export type Source = {
  readonly id: string;
  readonly kind: 'witness' | 'agent' | 'canary';
  readonly verifier: Verifier;
  /** An agent's own cluster and member. */
  readonly at?: { readonly cluster: string; readonly member: string } | undefined;
};

export type Sources = ReadonlyMap<string, Source>;

export function agentSourceId(member: string): string {
  return `agent:${member}`;
}
export function canarySourceId(id: string): string {
  return id.startsWith('canary:') ? id : `canary:${id}`;
}

export function listSources(config: ControllerConfig): Sources {
  const witnesses = config.witnesses.map(
    ({ id, publicKey }): Source => ({ id, kind: 'witness', verifier: createVerifier(publicKey) }),
  );
  const canaries = config.canaries.map(
    ({ id, publicKey }): Source => ({ id: canarySourceId(id), kind: 'canary', verifier: createVerifier(publicKey) }),
  );
  const agents = config.clusters.flatMap((cluster) =>
    cluster.members.flatMap(({ id, agent }): Source[] =>
      agent
        ? [
            {
              id: agentSourceId(id),
              kind: 'agent',
              verifier: createVerifier(agent.publicKey),
              at: { cluster: cluster.id, member: id },
            },
          ]
        : [],
    ),
  );
  return new Map([...witnesses, ...canaries, ...agents].map((source) => [source.id, source]));
}

const probesOf = {
  witness: ['tcp', 'sql', 'write', 'wal-receiver', 'wal-senders', 'self'],
  canary: ['canary', 'self'],
  agent: ['host', 'self', 'intent'],
} as const satisfies Record<Source['kind'], readonly Sighting['probe'][]>;

/** Why this source may not say this; undefined = it may. A stolen key lies about its own place only. */
export function refuseSighting(source: Source, sighting: Sighting): string | undefined {
  if (sighting.by !== source.id) return `it speaks for ${sighting.by}`;
  if (!(probesOf[source.kind] as readonly string[]).includes(sighting.probe)) {
    return `${source.kind === 'agent' ? 'an' : 'a'} ${source.kind} has no ${sighting.probe} probe`;
  }
  if (!source.at) return undefined;
  if (sighting.cluster !== source.at.cluster) return `it speaks of cluster ${sighting.cluster}`;
  if ('member' in sighting && sighting.member !== undefined && sighting.member !== source.at.member)
    return `it speaks of ${sighting.member}`;
  return undefined;
}
