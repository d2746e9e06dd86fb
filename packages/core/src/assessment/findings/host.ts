// What the agents say: of Postgres on their own host, and of the primary as seen from the standbys' hosts.
import type { HostMemory } from '../../observation/index.ts';
import { currentDoubt } from '../../observation/index.ts';
import { type Case, freshnessMs } from '../case.ts';
import { isSinceSuspicion } from './since.ts';
import { sayList } from '../words.ts';

export type HostFinding = {
  readonly member: string;
  readonly source: string;
  readonly zone: string;
  readonly host?: HostMemory | undefined;
  readonly isFresh: boolean;
  readonly doubt?: string | undefined;
  /** How this host's look at the primary ended; undefined = it didn't look, or long ago. */
  readonly reachesPrimary?: 'ok' | 'refused' | 'timeout' | 'unreachable' | undefined;
  /** When it last looked at the primary, however long ago. */
  readonly reachedAtMs?: number | undefined;
};

export function findHosts(given: Case): readonly HostFinding[] {
  return given.topology.members.map((member) => {
    const source = `agent:${member.id}`;
    const host = given.memory.hosts.get(member.id);
    const doubt = currentDoubt(given.sources.get(source), given.nowMs)?.because;
    const isRecent = (atMs: number) => given.nowMs - atMs <= freshnessMs(given, 'other');
    const isFresh = host !== undefined && doubt === undefined && isRecent(host.atMs);
    const reach = host?.peers?.[given.primary];
    const reachedAtMs = reach === undefined ? undefined : host?.peersAtMs;
    return {
      member: member.id,
      source,
      zone: member.zone,
      host,
      isFresh,
      doubt,
      reachesPrimary: isFresh && reachedAtMs !== undefined && isRecent(reachedAtMs) ? reach : undefined,
      reachedAtMs,
    };
  });
}

export type PrimaryHost = 'running' | 'absent' | 'stopped' | 'starting' | 'unseen';

/** That it ran before it was suspected says nothing of it since; that it was gone by then does. */
export function findPrimaryHost(
  given: Case,
  hosts: readonly HostFinding[],
): { readonly is: PrimaryHost; readonly finding?: HostFinding | undefined } {
  const finding = hosts.find((h) => h.member === given.primary);
  const host = finding?.isFresh ? finding.host : undefined;
  const isOutdated = host?.facts.postgres === 'running' && !isSinceSuspicion(given, host.atMs);
  return { is: isOutdated ? 'unseen' : (host?.facts.postgres ?? 'unseen'), finding };
}

/** In words, those of the verbs that the agent on this host tells it doesn't obey. One that doesn't tell may obey all. */
export function sayForbidden(host: HostMemory | undefined, verbs: readonly string[]): string | undefined {
  const allow = host?.facts.allow;
  const missing = allow === undefined ? [] : verbs.filter((verb) => !allow.includes(verb));
  return missing.length === 0 ? undefined : `does not allow ${sayList(missing.map((verb) => `"${verb}"`))}`;
}
