// Sessions for which replay at a standby waits: nothing is promoted before they end, or are cancelled for their age.
import { z } from 'zod';
import { sayDuration } from '../assessment/words.ts';

export const HeldUpBy = z.array(
  z.object({
    pid: z.number().int(),
    user: z.string().nullable(),
    /** How long its transaction has run. */
    forMs: z.number(),
  }),
);
export type HeldUpBy = z.infer<typeof HeldUpBy>;

/** "pid 4711 (app, for 2:31 min) and pid …"; how to end them is the same for all. */
export function sayHeldUp(by: HeldUpBy): string {
  const all = by.map(({ pid, user, forMs }) => `pid ${pid} (${user ?? 'unknown'}, for ${sayDuration(forMs)})`);
  return all.join(', ');
}
