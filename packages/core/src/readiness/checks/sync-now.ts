// Do commits wait for fewer standbys than they once did, or for nobody? A failover lowers or empties synchronous_standby_names
// where too few are left, and what empties it by hand is forgotten as easily.
import { atPrimary, type Check, costs, ok, standbysOf } from '../check.ts';
import type { ReadinessFacts } from '../facts.ts';

export const syncNow: Check = {
  id: 'sync-now',
  title: 'Synchronous commit now',
  examine: (facts) =>
    atPrimary(facts, ({ settings }, id) => {
      const names = settings['synchronous_standby_names'] ?? '';
      const waits = `Commits at ${id} wait for ${names === '' ? 'no standby' : names}`;
      if (facts.syncLowered?.set === names)
        return costs(
          `${waits}: synchronous_standby_names was ${facts.syncLowered.was} before Petrov ${names === '' ? 'emptied' : 'lowered'} it in a failover.`,
          `The return of a standby through Petrov sets it again, or set it at ${id} by hand.`,
        );
      if (names !== '') return ok(`${waits}.`);
      const otherwise = findOtherwise(facts);
      if (otherwise === undefined) return ok(`${waits}, as everywhere in this cluster.`);
      return costs(
        `${waits}: synchronous_standby_names is empty, ${otherwise}.`,
        `Set synchronous_standby_names at ${id}, if commits are to wait.`,
      );
    }),
};

/** What else tells that commits are to wait. */
function findOtherwise(facts: ReadinessFacts): string | undefined {
  const named = standbysOf(facts).flatMap(({ id, server }) => {
    const names = server.ok ? (server.value.settings['synchronous_standby_names'] ?? '') : '';
    return names === '' ? [] : [`${id} has ${names}`];
  });
  if (named.length > 0) return `while ${named.join(', ')}`;
  const sync = facts.members.filter(({ isSync }) => isSync === true).map(({ id }) => id);
  return sync.length > 0 ? `while ${sync.join(', ')} is to be synchronous by configuration` : undefined;
}
