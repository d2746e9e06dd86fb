// petrov clusters: one line for each guarded cluster.
import { ClusterView } from '@petrov/core/wire';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Cli } from '../cli.ts';
import { renderTable } from '../text/table.ts';

export function addClusters(program: Command, cli: Cli): void {
  program
    .command('clusters')
    .description('the guarded clusters, one line each')
    .action(async () => {
      const clusters = await (await cli.client()).get('/clusters', z.array(ClusterView));
      if (cli.options().json) return clusters.forEach(cli.printJson);
      const rows = clusters.map(({ id, environment, assessment, primary, timeline, members, proposal }) => [
        id,
        environment,
        assessment.verdict,
        primary,
        timeline,
        members.length,
        proposal === undefined ? undefined : `${proposal.id} (${proposal.state})`,
      ]);
      cli.print(renderTable(['cluster', 'environment', 'verdict', 'primary', 'timeline', 'members', 'proposal'], rows));
    });
}
