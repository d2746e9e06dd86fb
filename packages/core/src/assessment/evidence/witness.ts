// What a witness's tries amount to, as an item.
import type { Evidence } from '../assessment.ts';
import type { Case } from '../case.ts';
import type { WitnessFinding } from '../findings/index.ts';
import { sayDuration, sayOutcome } from '../words.ts';
import type { Sided } from './sided.ts';

export function fromWitness(given: Case, witness: WitnessFinding): Sided {
  const asked = witness.sql ?? witness.tcp;
  const item = (says: string, more: Partial<Evidence> = {}): Evidence => ({
    id: `reach/${witness.id}`,
    kind: 'reach',
    source: witness.id,
    zone: witness.zone,
    says,
    sinceAtMs: given.nowMs,
    ...more,
  });
  if (witness.doubt !== undefined)
    return {
      side: 'doubts',
      item: { ...item(`${witness.id} doubts itself: ${witness.doubt}`), kind: 'self', id: `self/${witness.id}` },
    };
  if (asked === undefined || !asked.isFresh) {
    const silentFor =
      witness.lastHeardAtMs === undefined
        ? 'has not reported yet'
        : `has not told of ${given.primary} for ${sayDuration(given.nowMs - (asked?.track.last.atMs ?? witness.lastHeardAtMs))}`;
    return {
      side: 'unknown',
      item: item(`${witness.id} ${silentFor}`, { sinceAtMs: asked?.track.last.atMs ?? given.nowMs }),
    };
  }
  return sideOfAnswer(given, { witness, asked, item });
}

type Heard = {
  readonly witness: WitnessFinding;
  readonly asked: NonNullable<WitnessFinding['sql']>;
  readonly item: (says: string, more?: Partial<Evidence>) => Evidence;
};

function sideOfAnswer(given: Case, { witness, asked, item }: Heard): Sided {
  const { last, suspectSinceMs } = asked.track;
  const seen = {
    seenAtMs: last.atMs,
    sample: { probe: witness.sql ? 'sql' : 'tcp', outcome: last.outcome, latencyMs: last.latencyMs, ...last.facts },
  };
  if (witness.suspectsReads)
    return {
      side: 'failing',
      item: item(`${witness.id}: ${sayOutcome(last.outcome)} at ${given.primary}`, {
        ...seen,
        sinceAtMs: suspectSinceMs ?? last.atMs,
      }),
    };
  if (witness.suspectsCommits && witness.write !== undefined) {
    const { last: write, suspectSinceMs: since } = witness.write.track;
    return {
      side: 'failing',
      item: item(`${witness.id}: reads work, a commit does not return`, {
        seenAtMs: write.atMs,
        sinceAtMs: since ?? write.atMs,
        sample: { probe: 'write', outcome: write.outcome },
      }),
    };
  }
  if (last.reading === 'alive')
    return {
      side: 'living',
      item: item(`${witness.id}: ${given.primary} ${sayOutcome(last.outcome)}${sayDoor(witness)}`, {
        ...seen,
        sinceAtMs: asked.track.recent[0]?.atMs ?? last.atMs,
      }),
    };
  return {
    side: 'unknown',
    item: item(`${witness.id}: ${sayOutcome(last.outcome)} at ${given.primary}, not often enough to count`, {
      ...seen,
      sinceAtMs: last.atMs,
    }),
  };
}

/** A witness that is served over the session it keeps, and turned away with a new one. */
function sayDoor({ takesNobodyIn, newSession }: WitnessFinding): string {
  if (!takesNobodyIn || newSession === undefined) return '';
  return ` over the session that is open; a new one: ${sayOutcome(newSession.track.last.outcome)}`;
}
