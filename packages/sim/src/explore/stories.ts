// Straight stories, in which nothing goes wrong: the search begins at each of their points, so that the last step of a run is
// as near to it as the first.
import type { Letter } from './alphabet.ts';
import { STANDBY, type World } from './model.ts';

export type StoryName = keyof typeof stories;
type Story = { readonly world: World; readonly letters: readonly Letter[] };

const done: Letter = { does: 'answer', index: 0, with: 'done' };
const failing: Letter = { does: 'hear', says: 'failing', afterMs: 2_000 };
const living: Letter = { does: 'hear', says: 'living', afterMs: 2_000 };
const approve: Letter = { does: 'decide', kind: 'approve', as: 'approver', over: 'current' };
const ask: Letter = { does: 'ask', kind: 'switchover', member: STANDBY, as: 'operator' };

/** All is well for a while: who has just started doubts itself. */
export const warmUp: readonly Letter[] = Array.from({ length: 5 }, () => living);

export const stories = {
  /** Look, fence, settle, promote, verify; a look is answered by the members and by the witnesses. */
  failover: { world: 'pair', letters: [failing, approve, done, failing, done, done, failing, done, done] },
  /** Look, fence, settle, promote, verify, the old primary comes back, and its old slots go. */
  switchover: { world: 'former-was-offered', letters: [ask, approve, done, done, done, done, done, done, done] },
  /** Offered by itself; look, fence, rewind, start, and its old slots go. */
  rejoin: { world: 'former-is-offered', letters: [approve, done, done, done, done, done] },
} as const satisfies Record<string, Story>;
