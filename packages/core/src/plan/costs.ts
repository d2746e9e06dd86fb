// What a promotion costs besides the WAL: by what the old primary told last of itself, with the age of that; where it told
// nothing, that it is not known.
import type { Case } from '../assessment/case.ts';
import { sayDuration, sayList } from '../assessment/words.ts';
import type { Inventory } from '../observation/index.ts';
import type { Ranked } from './candidate.ts';

/** Older than that it's said how old; younger it's as good as now. */
const FRESH_MS = 10_000;

export function sayCosts({ primary, memory, nowMs }: Case, { member }: Ranked): string[] {
  const told = memory.senders.get(primary);
  const inventory = told?.facts.inventory;
  if (told === undefined || inventory === undefined)
    return [
      `Not known of ${primary}, which told nothing of it: logical replication slots and prepared transactions, which would not be carried over as they are, and gaps in the WAL archive.`,
    ];
  const ageMs = nowMs - told.atMs;
  const asOf = ageMs > FRESH_MS ? ` (told ${sayDuration(ageMs)} before)` : '';
  return [
    ...saySlots(inventory, primary),
    ...sayPrepared(inventory, { primary, member }),
    ...sayArchive(inventory, { primary, member, archives: memory.receivers.get(member)?.archives }),
  ].map((says) => `${says}${asOf}.`);
}

/** How the old primary can come back; undefined where it told nothing of it. */
export function sayRewind({ primary, memory }: Case): string | undefined {
  switch (memory.senders.get(primary)?.facts.inventory?.rewind) {
    case 'possible':
      return 'as a standby: pg_rewind is possible';
    case 'no-hints':
      return 'as a fresh copy: it has neither data checksums nor wal_log_hints, so pg_rewind is not possible';
    case 'no-full-page-writes':
      return 'as a fresh copy: full_page_writes is off there, so pg_rewind is not possible';
    case undefined:
      return undefined;
  }
}

function saySlots({ logicalSlots }: Inventory, primary: string): string[] {
  if (logicalSlots.length === 0) return [];
  return [`Logical replication slots of ${primary} are not carried over: ${sayList(logicalSlots)}`];
}

function sayPrepared({ preparedTransactions: count }: Inventory, at: { primary: string; member: string }): string[] {
  if (count === 0) return [];
  const those = `${count} prepared ${count === 1 ? 'transaction' : 'transactions'}`;
  return [
    `${those} of ${at.primary}: what was replicated of them stays prepared at ${at.member}, with its locks, and their coordinator has to end it there`,
  ];
}

function sayArchive(
  { archive }: Inventory,
  { primary, member, archives }: { primary: string; member: string; archives: boolean | undefined },
): string[] {
  if (archive === 'off') return [];
  return [
    ...(archive === 'failing'
      ? [`Archiving fails at ${primary}: the WAL archive lacks what it had still to archive`]
      : []),
    ...(archives === false ? [`${member} archives nothing: the WAL archive ends at the promotion`] : []),
    ...(archives === undefined
      ? [`Whether ${member} archives its WAL is not known: the archive may end at the promotion`]
      : []),
  ];
}
