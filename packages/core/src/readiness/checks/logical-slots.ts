// Logical slots stay behind with the old primary, but for failover slots, which standbys keep in step (PostgreSQL 17).
import { atPrimary, type Check, costs, ok } from '../check.ts';

const FAILOVER_SLOTS_SINCE = 170_000;

export const logicalSlots: Check = {
  id: 'logical-slots',
  title: 'Logical slots',
  examine: (facts) =>
    atPrimary(facts, ({ slots, versionNum }, id) => {
      const logical = slots.filter(({ kind, isTemporary }) => kind === 'logical' && !isTemporary);
      const lost = logical.filter(({ isFailover }) => !isFailover);
      if (logical.length === 0) return ok(`${id} has no logical slot.`);
      if (lost.length === 0) return ok(`Each logical slot of ${id} is a failover slot.`);
      const toDo =
        versionNum >= FAILOVER_SLOTS_SINCE
          ? 'Make them failover slots and turn on sync_replication_slots at the standbys.'
          : 'Subscribers have to be set up again afterwards; failover slots need PostgreSQL 17.';
      return costs(`Lost in a failover: ${lost.map(({ name }) => name).join(', ')}.`, toDo);
    }),
};
