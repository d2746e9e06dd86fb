// What is known of a former primary for the day it comes back, and until when that holds.
import type { MemberMemory } from '../observation/index.ts';
import type { ClusterRecord } from './io.ts';

type Former = NonNullable<ClusterRecord['former']>;

/**
 * Seen taking writes after it was replaced, it has WAL that nobody else has: how it ended before says nothing any more, and
 * what was offered about its return was another question.
 */
export function sinceItLeft(former: Former, seen: MemberMemory | undefined): Former {
  if (former.hasWritten === true || seen?.writableAtMs === undefined || seen.writableAtMs < former.sinceMs)
    return former;
  const { lastLsn: _, isClean: __, isOffered: ___, ...kept } = former;
  return { ...kept, hasWritten: true };
}
