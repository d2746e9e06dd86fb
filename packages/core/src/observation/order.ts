// Of what was told at one time, no verdict may depend on what came first. So it's folded in an order of its own: by time, then
// by what it says, by who says it last of all. Where two contradict each other the later one stands, and that is the one that
// speaks for life: of a newer life of the server, streaming, running, declared. (Out of recovery stands by itself, in memory.)
import { lsnBytes } from '../cluster/index.ts';
import type { Observation } from './observation.ts';
import { isBadReading, readOutcome } from './reading.ts';

/** The same observations, in the order in which they are remembered. */
export function inOrder(seen: readonly Observation[]): readonly Observation[] {
  return seen.every((one, i) => i === 0 || (seen[i - 1]?.atMs ?? 0) < one.atMs) ? seen : seen.toSorted(compare);
}

function compare(a: Observation, b: Observation): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  const ofOther = compareText(a.probe, b.probe) || compareText(a.member ?? '', b.member ?? '');
  if (ofOther !== 0) return ofOther;
  const [lifeOfA, lifeOfB] = [lifeOf(a), lifeOf(b)];
  for (const [i, one] of lifeOfA.entries()) {
    const other = lifeOfB[i] ?? 0;
    if (one !== other) return one < other ? -1 : 1;
  }
  return compareText(JSON.stringify(a), JSON.stringify(b));
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

const receiving = ['none', 'connecting', 'stopped', 'streaming'] as const;
const running = ['absent', 'stopped', 'starting', 'running'] as const;

/** How much it speaks for life, the weightiest first; as many numbers for each observation of one probe. */
function lifeOf(seen: Observation): readonly (number | bigint)[] {
  const answers = seen.outcome === 'ok' ? 2 : isBadReading(readOutcome(seen.outcome)) ? 0 : 1;
  switch (seen.probe) {
    case 'sql': {
      const { timeline = 0, startedAtMs = 0, inRecovery = true, lsn } = seen.facts ?? {};
      return [answers, timeline, startedAtMs, inRecovery ? 1 : 0, lsn === undefined ? 0n : lsnBytes(lsn)];
    }
    case 'wal-receiver': {
      const { timeline = 0, status = 'none', receivedLsn, lastMessageAgeMs = Infinity } = seen.facts ?? {};
      const position = receivedLsn === undefined ? 0n : lsnBytes(receivedLsn);
      return [answers, timeline, receiving.indexOf(status), position, -lastMessageAgeMs];
    }
    case 'wal-senders':
      return [answers, seen.facts?.waitingForSync ?? 0];
    case 'host':
      return [running.indexOf(seen.facts.postgres)];
    case 'canary':
      return [seen.facts.succeeded];
    case 'intent':
      return [seen.outcome === 'declared' ? 1 : 0];
    case 'tcp':
    case 'write':
    case 'self':
      return [answers];
  }
}
