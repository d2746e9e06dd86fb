// Where the programs are that the command line starts: it never imports them.
import { join } from 'node:path';
import type { AppPaths } from '@petrov/drill';

export function appPaths(root: string): AppPaths {
  const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
  return { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') };
}
