// `npm test`: everything CI runs: the check, the console's build, then the lanes unit, integration (real servers, namespaces)
// and e2e (a browser). `npm run test:long`: each place where a controller can die, every fence, every drill. The last line counts.
import { spawnSync } from 'node:child_process';

const lanesOf = { '--long': ['long'], '': ['unit', 'integration', 'e2e*'] } as const;
const asked = process.argv[2] ?? '';
if (!(asked in lanesOf)) {
  console.error('Usage: node tools/test.ts [--long]');
  process.exit(2);
}
const run = (command: string, args: readonly string[]): number =>
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, NO_COLOR: '1' } }).status ?? 1;

const lanes = lanesOf[asked as keyof typeof lanesOf].flatMap((lane) => ['--project', lane]);
const checked = asked === '' ? run(process.execPath, ['tools/check.ts']) : 0;
const built = run('vite', ['build', 'apps/console', '--logLevel', 'warn']);
const tested = run('vitest', ['run', ...lanes]);
if (checked !== 0 || built !== 0) console.log('0 passed, 1 failed');
process.exit(checked || built || tested);
