// petrov runs: what was executed and what is being executed.
import { RunView } from '@petrov/core/wire';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Cli } from '../cli.ts';
import { formatAge } from '../text/format.ts';
import { tellRun } from '../text/proposal.ts';
import { renderTable } from '../text/table.ts';

export function addRuns(program: Command, cli: Cli): void {
  const runs = program
    .command('runs')
    .description('executed plans, the newest first')
    .action(async () => {
      const views = await (await cli.client()).get('/runs', z.array(RunView));
      if (cli.options().json) return views.forEach(cli.printJson);
      if (views.length === 0) return cli.print('Nothing was executed yet: no proposal has been approved.');
      const rows = views.map((run) => [
        run.id,
        run.cluster,
        run.proposal,
        run.state,
        run.plan.candidate,
        formatAge(run.startedAtMs, run.nowMs),
        run.says,
      ]);
      cli.print(renderTable(['run', 'cluster', 'proposal', 'state', 'member', 'started', 'where it stands'], rows));
    });
  runs
    .command('show')
    .argument('<id>', 'the run')
    .description('one run: each step, how it went, what can be done')
    .action(async (id: string) => {
      const run = await (await cli.client()).get(`/runs/${encodeURIComponent(id)}`, RunView);
      cli.answer(run, () => tellRun(run));
    });
}
