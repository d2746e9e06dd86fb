// Who may import whom (ARCHITECTURE.md, "The house"). A ban names its replacement.
const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from: { path: from, pathNot: '\\.(test|itest)\\.ts$' }, to });
const only = (place, allowed) =>
  rule(
    `${place.replace('/', '-')}-imports-only-its-own`,
    `${place} may import ${allowed.join(', ') || 'nothing of ours'}; move what is shared down into one of them`,
    `^${place}/`,
    { path: '^(apps|packages)/', pathNot: `^(${[place, ...allowed].join('|')})/` },
  );
export default {
  forbidden: [
    rule('no-circular', 'A cycle has no first file to read: split the shared part out.', '^(apps|packages)/', { circular: true }),
    rule('core-is-pure', 'Core decides and does no IO: only zod and canonicalize; hashing and signing come in as functions.', '^packages/core/src', {
      pathNot: '^packages/core/|node_modules/(zod|canonicalize)/',
    }),
    only('packages/core', []),
    only('packages/runtime', ['packages/core']),
    only('packages/scenarios', ['packages/core']),
    only('packages/sim', ['packages/core', 'packages/scenarios']),
    only('packages/sandbox', ['packages/core', 'packages/runtime']),
    only('packages/drill', ['packages/core', 'packages/runtime', 'packages/scenarios', 'packages/sandbox']),
    only('apps/witness', ['packages/core', 'packages/runtime']),
    only('apps/agent', ['packages/core', 'packages/runtime']),
    only('apps/controller', ['packages/core', 'packages/runtime']),
    only('apps/console', ['packages/core']),
    only('apps/cli', ['packages/core', 'packages/runtime', 'packages/sandbox', 'packages/drill', 'packages/scenarios']),
    rule('env-in-config-only', 'Two places read the environment: config.ts and main.ts.', '^$', { path: '^$' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|var)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'], extensions: ['.ts', '.tsx', '.js'] },
  },
};
