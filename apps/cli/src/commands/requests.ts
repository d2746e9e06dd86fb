// petrov switchover, rejoin: a change without a failure is asked for. It becomes a proposal; an approver decides.
import { type ChangeRequest, DecisionReply, ClusterView } from '@petrov/core/wire';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { badInput } from '../errors.ts';

type Options = {
  readonly reason: string;
  readonly to?: string;
  readonly at?: number;
  readonly clone?: boolean;
  readonly rewind?: boolean;
};

export function addRequests(program: Command, cli: Cli): void {
  program
    .command('switchover')
    .argument('<cluster>', 'the cluster')
    .description('ask for a planned change of the primary, without loss; an approver decides')
    .option('--to <member>', 'the standby that is to take over; else the one that is furthest')
    .option('--at <time>', 'not before, such as 2026-03-01T04:00:00Z', parseTime)
    .requiredOption('--reason <text>', 'why, in a few words; it stands on the record')
    .action(async (cluster: string, { to, at, reason }: Options) => {
      // Whoever asks means the primary of this moment: another one by then, and it's refused.
      const { primary } = await (await cli.client()).get(`/clusters/${encodeURIComponent(cluster)}`, ClusterView);
      await ask(cli, cluster, { kind: 'switchover', member: to, notBeforeMs: at, expectedPrimary: primary, reason });
    });
  program
    .command('rejoin')
    .argument('<cluster>', 'the cluster')
    .argument('<member>', 'the member that is to come back as a standby')
    .description('ask for a former primary to be brought back as a standby; an approver decides')
    .option('--rewind', 'rewind it, though it may seem to need only a start')
    .option('--clone', 'copy everything anew')
    .requiredOption('--reason <text>', 'why, in a few words; it stands on the record')
    .action(async (cluster: string, member: string, { clone, rewind, reason }: Options) => {
      if (clone === true && rewind === true) throw badInput('--rewind or --clone: choose one.');
      const how = clone === true ? 'clone' : rewind === true ? 'rewind' : undefined;
      await ask(cli, cluster, { kind: 'rejoin', member, how, reason });
    });
}

async function ask(cli: Cli, cluster: string, request: ChangeRequest): Promise<void> {
  if (request.reason.trim().length < 3) throw badInput('--reason: say why, in a few words.');
  const client = await cli.client();
  const reply = await client.post(`/clusters/${encodeURIComponent(cluster)}/requests`, request, DecisionReply);
  const { id } = reply.proposal;
  cli.answer(reply, () => `${reply.says} petrov proposals show ${id}; petrov approve ${id} --reason …`);
}

function parseTime(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError('a time with its zone, such as 2026-03-01T04:00:00Z.');
  if (!/(z|[+-]\d{2}:?\d{2})$/i.test(text.trim()))
    throw new InvalidArgumentError('say the zone, such as …Z or …+02:00.');
  return ms;
}
