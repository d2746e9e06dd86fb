// Unlogged tables aren't in the WAL: at the promoted standby they are empty.
import { type Check, costs, ok, unknown } from '../check.ts';

export const unloggedTables: Check = {
  id: 'unlogged-tables',
  title: 'Unlogged tables',
  examine: ({ unlogged }) => {
    if (!unlogged.ok) return unknown(`Unlogged tables weren’t counted: ${unlogged.says}.`);
    const { tables, unreadDatabases } = unlogged.value;
    if (tables > 0)
      return costs(`${tables} unlogged ${tables === 1 ? 'table is' : 'tables are'} empty after a failover.`);
    if (unreadDatabases.length === 0) return ok('There is no unlogged table.');
    return unknown(
      `No unlogged table was found; not looked into: ${unreadDatabases.join(', ')}.`,
      'GRANT CONNECT on them to the controller’s role, if this matters.',
    );
  },
};
