// Settings that a hot standby must not have below its primary's: replay stops there as soon as the primary raises one.
// PostgreSQL manual, "Administrator's Overview" of hot standby.
import {
  at,
  type Check,
  costs,
  fails,
  type Finding,
  isCandidate,
  numberOf,
  ok,
  standbysOf,
  worstOf,
  atPrimary,
} from '../check.ts';

const NAMES = [
  'max_connections',
  'max_worker_processes',
  'max_wal_senders',
  'max_prepared_transactions',
  'max_locks_per_transaction',
] as const;

export const standbySettings: Check = {
  id: 'standby-settings',
  title: 'Standby settings',
  examine: (facts) =>
    atPrimary(facts, (primary, primaryId) => {
      const findings = standbysOf(facts).map((member) =>
        at(member, (standby, id): Finding => {
          const lower = NAMES.filter((name) => (numberOf(standby, name) ?? 0) < (numberOf(primary, name) ?? 0));
          if (lower.length === 0) return ok('');
          const list = lower.map((name) => `${name} ${standby.settings[name]} < ${primary.settings[name]}`).join(', ');
          const says = `${id} has less than ${primaryId}: ${list}. Its replay stops, or it won’t start.`;
          const toDo = `Raise them at the standby first and restart it.`;
          return isCandidate(facts, id) ? fails(says, toDo) : costs(says, toDo);
        }),
      );
      return worstOf(findings, `No standby has less than ${primaryId} of what replay needs.`);
    }),
};
