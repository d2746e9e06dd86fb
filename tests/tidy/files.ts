// The repository's own files, for the tests that hold it tidy.
import { readdirSync, readFileSync } from 'node:fs';

export const root = new URL('../../', import.meta.url);
const skipped = new Set(['node_modules', 'dist', 'var', '.git', '.cache', 'coverage']);

/** Paths of files below `folder`, relative to the root, that end in one of `endings`. */
export function listFiles(folder: string, endings: readonly string[]): readonly string[] {
  return readdirSync(new URL(`${folder}/`, root), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : listFiles(path, endings);
    return entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)) ? [path] : [];
  });
}

export function readText(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}
