// Keeps a folder of small files from growing for ever.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Of more than `keepNewest` files those go that were written so long ago; the newest stay, whatever the clock says. */
export function pruneOld(
  folder: string,
  { olderThanMs, keepNewest }: { readonly olderThanMs: number; readonly keepNewest: number },
): void {
  const names = readdirSync(folder);
  if (names.length <= keepNewest) return;
  const files = names
    .map((name) => ({ path: join(folder, name), writtenMs: statSync(join(folder, name)).mtimeMs }))
    .toSorted((a, b) => b.writtenMs - a.writtenMs);
  for (const { path, writtenMs } of files.slice(keepNewest))
    if (Date.now() - writtenMs > olderThanMs) rmSync(path, { force: true });
}
