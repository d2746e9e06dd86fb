// Finds things in a site's record by name, and says which names there are when one is wrong.
import { SandboxError } from '../errors.ts';
import type { ProcessIdentity } from '../identity.ts';
import type { HostRecord, MemberRecord, SetRecord, SiteRecord } from './record.ts';

export function getHost(record: SiteRecord, id: string): HostRecord {
  const host = record.hosts.find((candidate) => candidate.id === id);
  if (host !== undefined) return host;
  throw unknown('host', id, record.hosts);
}

export function getInit(record: SiteRecord, hostId: string): ProcessIdentity {
  const host = getHost(record, hostId);
  if (host.init !== null) return host.init;
  const why = record.state === 'running' ? `is off: "petrov sandbox power on ${hostId}"` : 'has not come up';
  throw new SandboxError('not-up', `host ${hostId} of site ${record.id} ${why}`);
}

export interface SetMember {
  readonly set: SetRecord;
  readonly member: MemberRecord;
}

export function listMembers(record: SiteRecord): readonly SetMember[] {
  return record.sets.flatMap((set) => set.members.map((member) => ({ set, member })));
}

export function getMember(record: SiteRecord, id: string): SetMember {
  const members = listMembers(record);
  const found = members.find(({ member }) => member.id === id);
  if (found !== undefined) return found;
  throw unknown(
    'member',
    id,
    members.map(({ member }) => member),
  );
}

function unknown(kind: string, id: string, there: readonly { readonly id: string }[]): SandboxError {
  return new SandboxError(
    'no-such-name',
    `there is no ${kind} "${id}"; there are ${there.map((t) => t.id).join(', ')}`,
  );
}
