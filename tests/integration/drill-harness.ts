// Plays one drill for a test, under a root of the test's own.
import { join } from 'node:path';
import { type AppPaths, type DrillOptions, type DrillReport, getScenario, runDrill } from '@petrov/drill';

const root = join(import.meta.dirname, '../..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
const appPaths: AppPaths = { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') };

type Asked = Partial<Pick<DrillOptions, 'operator' | 'isSync' | 'crashAt' | 'preset' | 'decide'>> & {
  readonly scenario: string;
};

export async function drill({ scenario, ...options }: Asked): Promise<DrillReport> {
  return await runDrill({
    operator: 'approve',
    ...options,
    scenario: getScenario(scenario),
    appPaths,
    root: join(root, 'var', 'test'),
  });
}

/** Failed checks with what they say: empty when it passed. */
export function failures(report: DrillReport): readonly string[] {
  return report.checks.filter(({ ok }) => !ok).map(({ id, says }) => `${id}: ${says}`);
}
