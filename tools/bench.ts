// `npm run bench -- NAME`: one measurement as a ratio in one run; the last line is one object with the ratio and its goal.
import { join } from 'node:path';
import { getScenario, measureFailover } from '@petrov/drill';

type Bench = {
  readonly goal: number;
  readonly run: () => Promise<{ ratio: number; figures: Record<string, unknown> }>;
};

const root = join(import.meta.dirname, '..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');

const benches: Readonly<Record<string, Bench>> = {
  /** Approve to the first commit of a multi-host client, over a bare pg_promote() to the same. */
  failover: {
    goal: 2,
    run: async () => {
      const figures = await measureFailover({
        scenario: getScenario('primary-killed'),
        appPaths: { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') },
        root: join(root, 'var'),
        onProgress: (says) => console.error(`  ${says}`),
      });
      return { ratio: figures.approveToWritableMs / Math.max(1, figures.bareToWritableMs), figures };
    },
  },
};

const [name = ''] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const bench = benches[name];
if (bench === undefined) {
  console.error(`Which one? npm run bench -- NAME, with NAME one of: ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
const { ratio, figures } = await bench.run();
const ok = ratio <= bench.goal;
console.log(JSON.stringify({ bench: name, ratio: Math.round(ratio * 100) / 100, goal: bench.goal, ok, figures }));
process.exit(ok ? 0 : 1);
