// Would commits come back after a failover? The candidate's own synchronous_standby_names counts then, and those who are left
// must be enough for it; a plan lowers it first where they aren't.
import { atCandidate, type Check, costs, ok, standbysOf, unknown } from '../check.ts';
import { isListed, parseSyncNames } from '../../cluster/index.ts';

export const syncNames: Check = {
  id: 'sync-names',
  title: 'Synchronous commit after a failover',
  examine: (facts) =>
    atCandidate(facts, ({ settings }, id) => {
      const wanted = parseSyncNames(settings['synchronous_standby_names'] ?? '');
      const waits = !['off', 'local'].includes(settings['synchronous_commit'] ?? 'on');
      if (wanted === undefined) return unknown(`synchronous_standby_names of ${id} can’t be read.`);
      if (wanted.number === 0) return ok(`${id} would wait for no standby.`);
      if (!waits) return ok(`${id} names synchronous standbys and doesn’t wait for them by default.`);
      const left = standbysOf(facts).flatMap(({ id: member, server }) =>
        member !== id && server.ok && isListed(wanted, server.value.conninfo.applicationName) ? [member] : [],
      );
      const who = left.length === 0 ? 'nobody is left' : `${left.join(', ')} would be left`;
      const toDo = `Set synchronous_standby_names at ${id} so that the standbys of after a failover are enough, or be ready to set it back afterwards.`;
      if (left.length < wanted.number)
        return costs(
          `${id} would wait for ${wanted.number} of its listed standbys, and ${who}: a failover lowers that first, else each commit would hang.`,
          toDo,
        );
      if (left.length > wanted.number) return ok(`${id} would wait for ${wanted.number}, and ${who}.`);
      return costs(
        `${id} would wait for ${wanted.number}, and ${who}: if one more fails before the old primary is back, commits hang.`,
      );
    }),
};
