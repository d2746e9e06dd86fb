// What the candidate has received and not applied yet is applied before it's promoted: how much that is, and what holds it up.
import type { Case } from '../assessment/case.ts';
import { sayBytes } from '../assessment/words.ts';
import { lsnDistanceBytes } from '../cluster/index.ts';
import { sayHeldUp } from '../observation/index.ts';
import type { Ranked } from './candidate.ts';

export function sayReplay({ memory }: Case, { member, lsn }: Ranked): string[] {
  const { heldUpBy = [], replayPaused, replayedLsn } = memory.receivers.get(member) ?? {};
  const bytes = replayedLsn === undefined ? 0 : Math.max(0, lsnDistanceBytes(replayedLsn, lsn));
  return [
    // A promotion ends the pause itself (measured on 15.18): there is nothing to resume before it.
    ...(replayPaused === true
      ? [`Replay is paused at ${member}: the promotion ends the pause, and comes once ${sayBytes(bytes)} are applied.`]
      : []),
    ...(heldUpBy.length > 0
      ? [
          `Replay at ${member} waits for ${sayHeldUp(heldUpBy)}: the promotion hangs until ${heldUpBy.length === 1 ? 'it ends' : 'they end'}, or max_standby_streaming_delay cancels ${heldUpBy.length === 1 ? 'it' : 'them'}. SELECT pg_terminate_backend(${heldUpBy.map(({ pid }) => pid).join('), pg_terminate_backend(')}) there before you approve.`,
        ]
      : []),
  ];
}
