// Four lanes: unit (pure, beside the code), integration (real Postgres, Redis, namespaces), e2e (real Chromium), long (on
// demand). Timeouts are bounds for a busy machine, not assertions of speed.
import { defineConfig } from 'vitest/config';

const lane = (name: string, include: string[], timeoutMs: number) => ({
  test: { name, include, testTimeout: timeoutMs, hookTimeout: timeoutMs, exclude: ['**/node_modules/**', 'var/**'] },
});

export default defineConfig({
  test: {
    reporters: ['default', './tools/summary-reporter.ts'],
    projects: [
      lane('unit', ['{apps,packages}/*/src/**/*.test.ts', 'tests/tidy/*.test.ts'], 120_000),
      {
        test: {
          ...lane('integration', ['{apps,packages}/*/test/**/*.itest.ts', 'tests/integration/*.itest.ts'], 1120_000)
            .test,
          fileParallelism: false,
        },
      },
      { test: { ...lane('e2e', ['tests/e2e/*.e2e.ts'], 240_000).test, fileParallelism: false } },
      { test: { ...lane('long', ['tests/long/*.long.ts'], 3_600_000).test, fileParallelism: false } },
    ],
  },
});
