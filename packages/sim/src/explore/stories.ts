// Straight stories, in which nothing goes wrong: the search begins at each of their points, so that the last step of a run is
// as near to it as the first.
import type { Letter } from './alphabet.ts';

export type StoryName = keyof typeof stories;

const done: Letter = { does: 'answer', index: 0, with: 'done' };
const failing: Letter = { does: 'hear', says: 'failing', afterMs: 2_000 };
const approve: Letter = { does: 'decide', kind: 'approve', as: 'approver', over: 'current' };

/** All is well for a while: who has just started doubts itself. */
export const warmUp: readonly Letter[] = Array.from(
  { length: 5 },
  (): Letter => ({ does: 'hear', says: 'living', afterMs: 2_000 }),
);

export const stories = {
  /** Look, fence, settle, promote, verify; a look is answered by the members and by the witnesses. */
  failover: [failing, approve, done, failing, done, done, failing, done, done],
} as const satisfies Record<string, readonly Letter[]>;
