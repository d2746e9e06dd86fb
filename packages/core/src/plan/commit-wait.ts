// For whom commits at the promoted one will wait: its own synchronous_standby_names counts then, and of those that it lists
// only who streams from it acknowledges. What can't be satisfied is lowered before the promotion, else every commit hangs.
import type { Case } from '../assessment/case.ts';
import { type Findings, sayForbidden } from '../assessment/findings/index.ts';
import { sayList } from '../assessment/words.ts';
import { formatSyncNames } from '../cluster/index.ts';
import type { Ranked } from './candidate.ts';
import { findPointed } from './pointed.ts';

const AGAIN = 'is set again when a standby is brought back by Petrov and enough stream';

export type CommitPlan = {
  /** So many standbys are waited for from then on, fewer than the setting says; absent = it stays as it is. */
  readonly lowerTo?: number | undefined;
  /** As it will stand there. */
  readonly value?: string | undefined;
  /** Commits return only once somebody follows, or a person lets them: open until one did. */
  readonly isAwaited: boolean;
  readonly consequences: readonly string[];
};

export function planCommits(
  given: Case,
  found: Findings,
  { chosen: { member }, following }: { readonly chosen: Ranked; readonly following: readonly string[] },
): CommitPlan {
  const wait = given.memory.receivers.get(member)?.commitWait;
  const pointed = findPointed(given, found, following);
  if (wait === undefined) return planUnknown(given, member, following);
  if (wait.number === 0) return { isAwaited: false, consequences: [] };
  const isListed = (id: string) => wait.names.includes('*') || wait.members.includes(id);
  const attached = found.standbys.filter((s) => s.isFresh && s.receiver?.upstream === member).map((s) => s.id);
  const [there, coming] = [attached.filter(isListed), pointed.filter((id) => isListed(id) && !attached.includes(id))];
  const enough = there.length + coming.length;
  const was = formatSyncNames(wait);
  const forbidden = sayForbidden(given.memory.hosts.get(member), ['sync-names']);
  if (enough < wait.number && forbidden !== undefined) {
    const says = `Commits at ${member} that wait for a standby hang: of those in its synchronous_standby_names (${was}) too few will stream from it, and its agent ${forbidden}. Lower it there by hand.`;
    return { isAwaited: true, consequences: [says] };
  }
  if (enough === 0) {
    const says = `Commits at ${member} wait for no standby from then on: of those in its synchronous_standby_names (${was}) none will stream from it. It is emptied before the promotion, and ${AGAIN}.`;
    return { lowerTo: 0, value: '', isAwaited: false, consequences: [says] };
  }
  const until = there.length >= Math.min(wait.number, enough) ? [] : coming;
  const isAwaited = until.length > 0;
  if (enough >= wait.number) return { isAwaited, consequences: isAwaited ? [sayUntil(member, until, was)] : [] };
  const value = formatSyncNames({ ...wait, number: enough });
  const says = `Commits at ${member} wait for ${enough} instead of ${wait.number} standbys from then on, since no more of those in its synchronous_standby_names (${was}) will stream from it: ${value} is set before the promotion, and what it was ${AGAIN}.`;
  const consequences = [says, ...(isAwaited ? [sayUntil(member, until, value)] : [])];
  return { lowerTo: enough, value, isAwaited, consequences };
}

function sayUntil(member: string, until: readonly string[], value: string): string {
  return `Commits at ${member} that wait for a standby return only once ${sayList(until)} ${until.length === 1 ? 'streams' : 'stream'} from it (${value}); that stays open until one does.`;
}

/** Its setting wasn't told: it's taken for that of the old primary, which waited for standbys or didn't. */
function planUnknown(given: Case, member: string, following: readonly string[]): CommitPlan {
  if (!isSynchronous(given)) return { isAwaited: false, consequences: [] };
  if (following.length === 0) {
    const says = `Commits at ${member} wait for no standby from then on, since none is left that follows. synchronous_standby_names is emptied before the promotion, and ${AGAIN}.`;
    return { lowerTo: 0, value: '', isAwaited: false, consequences: [says] };
  }
  const says = `For whom commits at ${member} will wait is not known: where its synchronous_standby_names lists too few of ${sayList(following)}, they hang until it is lowered.`;
  return { isAwaited: true, consequences: [says] };
}

/** The primary waited for standbys, by what it told last or by configuration: so will who takes over with its settings. */
function isSynchronous({ memory, primary, topology }: Case): boolean {
  const told = memory.senders.get(primary)?.facts.standbys ?? [];
  return (
    topology.members.some(({ sync }) => sync) || told.some(({ syncState }) => ['sync', 'quorum'].includes(syncState))
  );
}
