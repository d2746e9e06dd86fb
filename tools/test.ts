// `npm test`: everything CI runs: the check, the console's build, the unit lane. `npm run test:long`: the lanes on real
// servers, in namespaces and in a browser. The closing line counts all.
import { spawnSync } from 'node:child_process';

const long = process.argv.includes('--long');
const run = (command: string, args: readonly string[]): number =>
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, NO_COLOR: '1' } }).status ?? 1;

const lanes = (long ? ['integration', 'e2e', 'long'] : ['unit']).flatMap((lane) => ['--project', lane]);
const checked = long ? 0 : run(process.execPath, ['tools/check.ts']);
const built = run('vite', ['build', 'apps/console', '--logLevel', 'warn']);
const tested = run('vitest', ['run', ...lanes]);
if (checked !== 0 || built !== 0) console.log('0 passed, 1 failed');
process.exit(checked || built || tested);
