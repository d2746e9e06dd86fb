// petrov readiness: would a failover work now, and what would it cost; said before it's needed.
import type { ReadinessState } from '@petrov/core/readiness';
import { ReadinessView } from '@petrov/core/wire';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { CliError } from '../errors.ts';

export function addReadiness(program: Command, cli: Cli): void {
  program
    .command('readiness')
    .argument('<cluster>')
    .description('would a failover work now, and what would it cost; exit 1 when something fails')
    .action(async (cluster: string) => {
      const client = await cli.client();
      const view = await client.get(`/clusters/${encodeURIComponent(cluster)}/readiness`, ReadinessView);
      cli.answer(view, () => renderReadiness(view));
      const failing = view.checks.filter(({ state }) => state === 'fails').map(({ title }) => title);
      if (failing.length > 0) throw new CliError(`A failover of ${cluster} would not go well: ${failing.join(', ')}.`);
    });
}

const words = { ok: 'ok', costs: 'costs', unknown: 'unknown', fails: 'FAILS' } as const satisfies Record<
  ReadinessState,
  string
>;

/** The worst first: whoever reads a few lines only has read those that matter. */
function renderReadiness({ cluster, says, checks }: ReadinessView): string {
  const width = Math.max(...Object.values(words).map((word) => word.length)) + 2;
  const order: readonly ReadinessState[] = ['fails', 'unknown', 'costs', 'ok'];
  const lines = order.flatMap((state) =>
    checks
      .filter((check) => check.state === state)
      .flatMap((check) => [
        `${words[state].padEnd(width)}${check.title}: ${check.says}`,
        ...(check.toDo === undefined ? [] : [`${' '.repeat(width)}${check.toDo}`]),
      ]),
  );
  return [`${cluster}: ${says}`, '', ...lines].join('\n');
}
