// Every piece of evidence as an item with a side: it speaks for the primary having failed, for its living, or leaves open.
// An item's id is stable while its source is the same, so that revisions can be compared; its side is where it stands.
import { readOutcome } from '../../observation/index.ts';
import type { Evidence } from '../assessment.ts';
import type { Case } from '../case.ts';
import type { Findings } from '../findings/index.ts';
import { sayOutcome } from '../words.ts';
import { fromClient, fromHost, fromIntents } from './others.ts';
import type { Side } from './sided.ts';
import { fromStandby } from './standby.ts';
import { fromWitness } from './witness.ts';

export type Sides = {
  readonly failing: readonly Evidence[];
  readonly living: readonly Evidence[];
  readonly unknown: readonly Evidence[];
  readonly doubts: readonly Evidence[];
  readonly lookedIn: readonly string[];
};

export function collectEvidence(given: Case, found: Findings): Sides {
  const items = [
    ...found.reach.map((w) => fromWitness(given, w)),
    ...found.standbys.map((s) => fromStandby(given, s)),
    ...found.hosts.flatMap((h) => fromHost(given, h)),
    ...found.clients.flatMap((c) => fromClient(given, c)),
    ...fromIntents(given),
  ];
  const on = (side: Side) => items.filter((i) => i.side === side).map((i) => i.item);
  return {
    failing: on('failing'),
    living: on('living'),
    unknown: on('unknown'),
    doubts: on('doubts'),
    lookedIn: [
      'commits by witnesses',
      'WAL arriving at standbys',
      'agents on all hosts',
      ...(found.clients.length > 0 ? ['client writes'] : []),
      'declared maintenance',
      'other members out of recovery',
      'doubts of the witnesses themselves',
    ],
  };
}

/** The newest outcome that most of those who suspect the primary got, in words; for headlines. */
export function sayMainOutcome(found: Findings): string {
  const counts = new Map<string, number>();
  for (const w of found.reach.filter((r) => r.suspectsReads)) {
    const outcome = (w.sql ?? w.tcp)?.track.last.outcome ?? 'timeout';
    if (readOutcome(outcome) !== 'alive') counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const [main] = [...counts].sort((a, b) => b[1] - a[1]);
  return sayOutcome(main?.[0] ?? 'timeout');
}
