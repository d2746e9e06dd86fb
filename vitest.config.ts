// Lanes, one after the other: unit (pure, beside the code), integration (real Postgres, Redis, namespaces), e2e (real Chromium
// before made-up worlds), e2e-story (the same before a whole Petrov), long (on demand). Servers are watched by the clock, so
// files that start some run alone. Timeouts are bounds for a busy machine, not assertions of speed.
import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', 'var/**'];
const lane = (name: string, groupOrder: number, include: string[], timeoutMs: number) => ({
  test: { name, include, exclude, testTimeout: timeoutMs, hookTimeout: timeoutMs, sequence: { groupOrder } },
});
const alone = ({ test }: ReturnType<typeof lane>) => ({ test: { ...test, fileParallelism: false } });

export default defineConfig({
  test: {
    reporters: ['default', './tools/summary-reporter.ts'],
    projects: [
      lane('unit', 0, ['{apps,packages}/*/src/**/*.test.ts', 'tests/tidy/*.test.ts'], 120_000),
      alone(lane('integration', 1, ['{apps,packages}/*/test/**/*.itest.ts', 'tests/integration/*.itest.ts'], 120_000)),
      lane('e2e', 2, ['tests/e2e/console-*.e2e.ts'], 240_000),
      alone(lane('e2e-story', 3, ['tests/e2e/system.e2e.ts'], 240_000)),
      alone(lane('long', 4, ['{apps,packages}/*/test/**/*.long.ts', 'tests/long/*.long.ts'], 3_600_000)),
    ],
  },
});
