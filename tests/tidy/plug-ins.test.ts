// A plug-in is one file plus one line in the index of its folder: file and line must agree.
import { describe, expect, it } from 'vitest';
import { listFiles, readText } from './files.ts';

/** Folders of plug-ins, and the files in them that are contract or shared, not a plug-in. */
const folders: Readonly<Record<string, readonly string[]>> = {
  'packages/core/src/assessment/hypotheses': [],
  'packages/scenarios/src': ['scenario.ts'],
  'packages/sandbox/src/faults': [],
  'packages/drill/src/scenario': ['scenario.ts'],
  'packages/drill/src/disturbance': ['disturbance.ts'],
  'apps/witness/src/probes': [],
  'apps/agent/src/verbs': [],
  'apps/controller/src/pagers': ['pager.ts'],
  'apps/controller/src/fences': ['fence.ts'],
  'packages/core/src/plan/fence': ['way.ts'],
};

describe.each(Object.entries(folders))('%s', (folder, shared) => {
  const files = listFiles(folder, ['.ts'])
    .map((path) => path.slice(folder.length + 1))
    .filter((name) => !name.includes('/') && name !== 'index.ts' && !name.endsWith('.test.ts'));
  const index = readText(`${folder}/index.ts`);
  const imported = [...index.matchAll(/^(?:import|export) [^;]*? from '\.\/([^'/]+\.ts)';/gms)].map(
    (match) => match[1] ?? '',
  );

  it('has a line for each file', () => {
    const missing = files.filter((name) => !shared.includes(name) && !imported.includes(name));
    expect(missing, 'add a line to index.ts, or move what is no plug-in elsewhere').toEqual([]);
  });

  it('has a file for each line', () => {
    expect(imported.filter((name) => !files.includes(name))).toEqual([]);
  });

  it('uses what it imports', () => {
    const names = [...index.matchAll(/^import (?!type)\{ ([^}]+) \} from '\.\/[^']+';/gm)].flatMap((m) =>
      (m[1] ?? '').split(', '),
    );
    const unused = names
      .map((name) => (name.split(' as ').at(-1) ?? name).replace(/^type /, ''))
      .filter((name) => index.split(new RegExp(`\\b${name}\\b`)).length < 3);
    expect(unused).toEqual([]);
  });
});
