// petrov proposals: the list, and one in full.
import { ProposalView } from '@petrov/core/wire';
import type { Command } from 'commander';
import { z } from 'zod';
import type { Cli } from '../cli.ts';
import { formatAge } from '../text/format.ts';
import { tellProposal } from '../text/proposal.ts';
import { renderTable } from '../text/table.ts';

export function addProposals(program: Command, cli: Cli): void {
  const proposals = program
    .command('proposals')
    .description('proposals, the newest first')
    .action(async () => {
      const views = await (await cli.client()).get('/proposals', z.array(ProposalView));
      if (cli.options().json) return views.forEach(cli.printJson);
      if (views.length === 0) return cli.print('No proposal yet: nothing has asked for a failover. That is good news.');
      const rows = views.map(({ proposal, nowMs }) => [
        proposal.id,
        proposal.cluster,
        proposal.state,
        proposal.revision.number,
        proposal.revision.plan.candidate,
        formatAge(proposal.openedAtMs, nowMs),
        proposal.revision.assessment.headline,
      ]);
      cli.print(renderTable(['proposal', 'cluster', 'state', 'revision', 'candidate', 'opened', 'why'], rows));
    });
  proposals
    .command('show')
    .argument('<id>', 'the proposal')
    .description('one proposal: evidence for and against, plan, loss, what may be answered')
    .action(async (id: string) => {
      const view = await (await cli.client()).get(`/proposals/${encodeURIComponent(id)}`, ProposalView);
      cli.answer(view, () => tellProposal(view));
    });
}
