// petrov status: what is, at a glance, and what is asked of a person.
import { ProposalView, StatusView } from '@petrov/core/wire';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import type { Client } from '../reach/client.ts';
import { tellCluster, tellOpenProposal } from '../text/cluster.ts';
import { formatDuration } from '../text/format.ts';

export function addStatus(program: Command, cli: Cli): void {
  program
    .command('status')
    .description('what is: each cluster’s verdict and members, and what waits for a person')
    .action(async () => {
      const now = await readStatus(await cli.client());
      cli.answer(now.status, () => tellStatus(now));
    });
}

export type Now = { readonly status: StatusView; readonly proposals: readonly ProposalView[] };

export async function readStatus(client: Client): Promise<Now> {
  const status = await client.get('/status', StatusView);
  const proposals = await Promise.all(
    status.open.map(({ id }) => client.get(`/proposals/${encodeURIComponent(id)}`, ProposalView)),
  );
  return { status, proposals };
}

export function tellStatus({ status, proposals }: Now): string {
  const { controller, nowMs } = status;
  const up = formatDuration(nowMs - controller.startedAtMs);
  const clusters = status.clusters.flatMap((cluster) => [
    tellCluster(cluster),
    ...proposals.filter(({ proposal }) => proposal.cluster === cluster.id).map(tellOpenProposal),
    '',
  ]);
  return [
    ...clusters,
    `Controller ${controller.name} ${controller.version}, up for ${up}. Store ${controller.store}, Redis ${controller.redis}.`,
  ].join('\n');
}
