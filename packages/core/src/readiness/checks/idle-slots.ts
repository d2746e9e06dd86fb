// A slot that nobody uses keeps all WAL since, until the disk is full: on a standby too, where nobody looks for it. A failover
// slot at a standby isn't used there by its nature, and is kept in step.
import { saySlot } from '../../plan/old-slots.ts';
import { at, type Check, costs, ok, worstOf } from '../check.ts';
import type { ServerFacts } from '../facts.ts';

export const idleSlots: Check = {
  id: 'idle-slots',
  title: 'Slots that nobody uses',
  examine: ({ members }) =>
    worstOf(
      members.map((member) => at(member, findIdle)),
      'Each slot that keeps WAL is in use.',
    ),
};

function findIdle({ slots, inRecovery }: ServerFacts, id: string) {
  const idle = slots.filter(
    ({ isActive, isTemporary, isFailover, keptBytes }) =>
      !isActive && !isTemporary && !(isFailover && inRecovery) && keptBytes !== null,
  );
  if (idle.length === 0) return ok('');
  const says = idle.map(({ keptBytes, ...slot }) => saySlot({ ...slot, keptBytes: keptBytes ?? undefined }));
  return costs(
    `At ${id}: ${says.join(', ')}.`,
    `If nobody needs it any more, at that server: SELECT pg_drop_replication_slot('${idle[0]?.name}').`,
  );
}
