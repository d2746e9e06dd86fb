// `npm test`: everything CI runs: the check, the console's build, then the lanes unit, integration and e2e. `npm run test:long`
// is the matrix of places where a controller can die, on real servers. The closing line counts all.
import { spawnSync } from 'node:child_process';

const long = process.argv.includes('--long');
const run = (command: string, args: readonly string[]): number =>
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, NO_COLOR: '1' } }).status ?? 1;

const lanes = (long ? ['long'] : ['unit', 'integration', 'e2e']).flatMap((lane) => ['--project', lane]);
const checked = long ? 0 : run(process.execPath, ['tools/check.ts']);
const built = run('vite', ['build', 'apps/console', '--logLevel', 'warn']);
const tested = run('vitest', ['run', ...lanes]);
if (checked !== 0 || built !== 0) console.log('0 passed, 1 failed');
process.exit(checked || built || tested);
