// Will there be a gap in the WAL archive? What the primary archives, the next one must too; one that can't archive now
// keeps its WAL until the disk is full.
import { atCandidate, atPrimary, type Check, costs, type Finding, ok, worstOf } from '../check.ts';
import type { ReadinessFacts, ServerFacts } from '../facts.ts';

export const archive: Check = {
  id: 'archive',
  title: 'WAL archive',
  examine: (facts) =>
    atPrimary(facts, (primary, id) => {
      if (primary.settings['archive_mode'] === 'off') return ok(`${id} archives no WAL: a failover leaves no gap.`);
      return worstOf([now(primary, id), next(facts)], `${id} archives its WAL, and the candidate would go on with it.`);
    }),
};

function now(primary: ServerFacts, id: string): Finding {
  if (!primary.hasArchiveCommand)
    return costs(
      `archive_mode is on at ${id} and nothing archives: its WAL piles up.`,
      `Set archive_command at ${id}.`,
    );
  if (!primary.archiver.isFailing) return ok('');
  const { lastFailedWal } = primary.archiver;
  return costs(
    `Archiving fails at ${id}${lastFailedWal === null ? '' : ` since ${lastFailedWal}`}: what isn’t archived is lost with it, and its WAL piles up.`,
    `Look into the log of ${id} for archive_command.`,
  );
}

function next(facts: ReadinessFacts): Finding {
  return atCandidate(facts, ({ settings, hasArchiveCommand }, id) =>
    settings['archive_mode'] !== 'off' && hasArchiveCommand
      ? ok('')
      : costs(
          `${id} would archive nothing once promoted: the archive ends at the failover.`,
          `Set archive_mode = on and archive_command at ${id} as at the primary, and restart it.`,
        ),
  );
}
