// The revision the person is looking at. A newer one never replaces it by itself: the change is named first, and the
// person goes on with it deliberately.
import type { Revision } from '@petrov/core/proposal';
import type { ProposalView } from '@petrov/core/wire';
import { useState } from 'react';

export type Pinned = {
  readonly revision: Revision;
  readonly isFrozen: boolean;
  /** What changed between the pinned revision and the newest, in words. */
  readonly changes: readonly string[];
  /** Ids of the items known before the person last went on; absent until then. */
  readonly known: ReadonlySet<string> | undefined;
  readonly goOn: () => void;
};

export function usePinnedRevision(view: ProposalView): Pinned {
  const newest = view.proposal.revision;
  const [revision, setRevision] = useState(newest);
  const [known, setKnown] = useState<ReadonlySet<string>>();
  const isFrozen = newest.number !== revision.number;
  const later = view.history.filter((one) => one.number > revision.number && one.number < newest.number);
  const changes = isFrozen ? [...later.flatMap((one) => one.changes), ...newest.changes] : [];
  const goOn = () => {
    const { for: speaksFor, against, unknown } = revision.assessment;
    setKnown(new Set([...speaksFor, ...against, ...unknown].map((item) => item.id)));
    setRevision(newest);
  };
  return { revision, isFrozen, changes, known, goOn };
}
