// The argument that most faults of a database have, and what they do with it.
import { z } from 'zod';
import { SandboxError } from '../errors.ts';
import type { ProcessIdentity } from '../identity.ts';
import { startServer } from '../postgres/member.ts';
import { listServerPids } from '../postgres/processes.ts';
import { getInit, getMember, listMembers } from '../site/access.ts';
import type { ActiveFault, MemberRecord, SiteRecord } from '../site/record.ts';

export const MemberArgs = z.strictObject({ member: z.string() });
export type MemberArgs = z.infer<typeof MemberArgs>;

export function locate(
  record: SiteRecord,
  id: string,
): { readonly member: MemberRecord; readonly init: ProcessIdentity } {
  const { member } = getMember(record, id);
  return { member, init: getInit(record, id) };
}

/** A predicate for `ends`: the active fault has one of these names and the same member. */
export function sameMember(...names: readonly string[]): (active: ActiveFault, args: MemberArgs) => boolean {
  return (active, args) => names.includes(active.name) && active.args['member'] === args.member;
}

/** Through the gate; a refusal is an error here, since a person asked for this start. */
export async function startThroughGate(record: SiteRecord, id: string): Promise<void> {
  const { member, init } = locate(record, id);
  const outcome = await startServer(init, member);
  if (!outcome.started) throw new SandboxError('gate-refused', `the start gate of ${id} refused: ${outcome.refusal}`);
}

/** Every stopped member, through its gate; a refusal is reported, not an error. */
export async function startStopped(record: SiteRecord): Promise<readonly string[]> {
  const said = await Promise.all(
    listMembers(record).map(async ({ member }): Promise<string | undefined> => {
      const { init } = locate(record, member.id);
      if ((await listServerPids(init)).length > 0) return undefined;
      const outcome = await startServer(init, member);
      return outcome.started ? `started ${member.id}` : `${member.id} stays down, its gate refused: ${outcome.refusal}`;
    }),
  );
  return said.filter((line) => line !== undefined);
}
