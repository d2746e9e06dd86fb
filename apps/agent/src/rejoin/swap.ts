// The new data directory takes the place of the old one, by renames beside one another. A marker that names both is on disk
// first: what breaks off in between is finished by the next command, or when the agent starts.
import { existsSync } from 'node:fs';
import { renameDurably } from '../state/durable.ts';
import type { Unfinished } from '../state/agent-state.ts';

type Swap = Omit<Extract<Unfinished, { verb: 'clone' }>, 'verb'>;

/** Does what is left of it; nothing when all is done. */
export function finishSwap(dataDirectory: string, { from, aside }: Swap): void {
  if (!existsSync(from)) return;
  if (existsSync(dataDirectory)) renameDurably(dataDirectory, aside);
  renameDurably(from, dataDirectory);
}
