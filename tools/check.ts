// One fast command before a commit: types, lint (who may import whom is part of it), format, dead code. Each runs; all failures are shown.
import { spawnSync } from 'node:child_process';

const checks: readonly (readonly [string, readonly string[]])[] = [
  ['types', ['tsc', '-p', 'tsconfig.check.json']],
  ['types of core without Node', ['tsc', '-p', 'packages/core/tsconfig.pure.json']],
  ['types of the console', ['tsc', '-p', 'apps/console/tsconfig.json']],
  ['lint', ['oxlint', '--type-aware', '--quiet']],
  ['format', ['biome', 'format', '.']],
  ['dead code', ['knip', '--no-progress']],
];
const failed: string[] = [];
for (const [name, [command = '', ...args]] of checks) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status !== 0) {
    failed.push(name);
    console.log(stdout, stderr);
  }
}
if (failed.length > 0) {
  console.log(`check failed: ${failed.join(', ')}`);
  process.exit(1);
}
