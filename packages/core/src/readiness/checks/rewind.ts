// Can the old primary be brought back by pg_rewind? PostgreSQL manual, pg_rewind: data checksums or wal_log_hints, and
// full_page_writes, must have been on before the divergence.
import { atPrimary, type Check, costs, ok } from '../check.ts';

export const rewind: Check = {
  id: 'rewind',
  title: 'Rewind possible',
  examine: (facts) =>
    atPrimary(facts, ({ settings }, id) => {
      const by = [
        ...(settings['data_checksums'] === 'on' ? ['data checksums'] : []),
        ...(settings['wal_log_hints'] === 'on' ? ['wal_log_hints'] : []),
      ];
      if (settings['full_page_writes'] !== 'on')
        return costs(
          `full_page_writes is off at ${id}: after a failover it can only come back as a fresh copy.`,
          'Set full_page_writes = on (a reload is enough).',
        );
      if (by.length > 0) return ok(`${id} can come back by pg_rewind: it has ${by.join(' and ')}.`);
      return costs(
        `${id} has neither data checksums nor wal_log_hints: after a failover it can only come back as a fresh copy.`,
        'Set wal_log_hints = on and restart, or enable checksums with pg_checksums while it is stopped.',
      );
    }),
};
