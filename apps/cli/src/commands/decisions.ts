// petrov approve, reject, hold, resume, abandon, refence: a decision at a terminal, with the same checks as in the console.
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { type DecisionKind, type Overrides, overridesShown } from '@petrov/core/approval';
import { DecisionReply, type DecisionRequest, ProposalView, RunView } from '@petrov/core/wire';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import { badInput, CliError } from '../errors.ts';
import { type Client, Refused } from '../reach/client.ts';
import { parseBytes, parseDuration } from '../text/format.ts';
import { askOf, tellProposal } from '../text/proposal.ts';

const says = {
  approve: 'do as the proposal says; on a terminal the proposal is shown and asked for once more',
  reject: 'a false alarm: nothing is promoted, and it is not raised again until something new speaks for it',
  hold: 'wait and measure again: nothing is promoted and nobody is paged until then',
  resume: 'go on with a run that is stuck, from the step where it stands',
  abandon: 'give up a run that is stuck, before its promotion, or a rejoin that runs',
  refence: 'leave a run whose fence can’t be proven: the next question passes over that way to fence',
} as const satisfies Record<DecisionKind, string>;

type Options = {
  readonly reason: string;
  readonly revision?: number;
  readonly for?: number;
  readonly yes?: boolean;
  readonly acceptLoss?: number;
  readonly unfenced?: string;
  readonly key?: string;
  readonly leaveFence?: boolean;
};

export function addDecisions(program: Command, cli: Cli): void {
  for (const kind of ['approve', 'reject', 'hold', 'resume', 'abandon', 'refence'] as const) {
    const isOfRun = kind === 'resume' || kind === 'abandon' || kind === 'refence';
    const command = program
      .command(kind)
      .argument('<id>', isOfRun ? 'the run, or its proposal' : 'the proposal')
      .description(says[kind])
      .requiredOption('--reason <text>', 'why, in a few words; it stands on the record')
      .option('--revision <n>', 'the revision that you read; refused when it is another one by now', parseCount)
      .option('--key <text>', 'an idempotency key of your own: the same key twice is one decision');
    if (kind === 'hold') command.option('--for <duration>', 'how long, such as 5m', parseHold, 300_000);
    if (kind === 'approve') addConsent(command);
    if (kind === 'abandon')
      command.option('--leave-fence', 'lift nothing: the old primary stays as it is, and the cluster is guarded again');
    command.action((id: string, options: Options) => decide(cli, { kind, id, options }));
  }
}

function addConsent(command: Command): void {
  command
    .option('--yes', 'don’t ask once more')
    .option('--accept-loss <size>', 'above the policy: the loss as it is shown, such as 64MiB', parseSize)
    .option('--unfenced <member>', 'where nothing fences: the member that may still take writes');
}

async function decide(cli: Cli, asked: { kind: DecisionKind; id: string; options: Options }): Promise<void> {
  const { kind, id, options } = asked;
  if (options.reason.trim().length < 3) throw badInput('--reason: say why, in a few words.');
  const client = await cli.client();
  const view = await findProposal(client, id);
  const { proposal } = view;
  const isShown = kind === 'approve' && options.yes !== true && cli.settings.input.isTTY === true;
  if (isShown) await askOnceMore(cli, view);
  const request: DecisionRequest = {
    decision: kind,
    revision: options.revision ?? proposal.revision.number,
    digests: proposal.revision.digests,
    reason: options.reason,
    displayed: isShown ? { openedAtMs: view.nowMs } : {},
    ...(kind === 'approve' ? { overrides: consentOf(view, isShown, options) } : {}),
    idempotencyKey: options.key ?? randomUUID(),
    ...(kind === 'hold' ? { holdForMs: options.for } : {}),
    ...(options.leaveFence === true ? { leavesFence: true } : {}),
  };
  const reply = await client.post(`/proposals/${encodeURIComponent(proposal.id)}/decisions`, request, DecisionReply);
  cli.answer(reply, () => reply.says);
}

/** What was shown and answered with yes is accepted as it was shown; otherwise the options have to name it. */
function consentOf(view: ProposalView, isShown: boolean, { acceptLoss, unfenced }: Options): Overrides {
  return {
    ...(isShown ? overridesShown(view.proposal.revision.plan) : {}),
    ...(acceptLoss === undefined ? {} : { lossBytes: acceptLoss }),
    ...(unfenced === undefined ? {} : { unfenced }),
  };
}

/** A run's id names its proposal. */
async function findProposal(client: Client, id: string): Promise<ProposalView> {
  const read = (of: string) => client.get(`/proposals/${encodeURIComponent(of)}`, ProposalView);
  try {
    return await read(id);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404) throw error;
    const run = await client.get(`/runs/${encodeURIComponent(id)}`, RunView).catch(() => undefined);
    if (run === undefined) throw error;
    return await read(run.proposal);
  }
}

async function askOnceMore(cli: Cli, view: ProposalView): Promise<void> {
  cli.note(tellProposal(view));
  const terminal = createInterface({ input: cli.settings.input, output: process.stderr });
  const given = await terminal.question(`${askOf(view.proposal)} Type yes: `);
  terminal.close();
  if (given.trim().toLowerCase() !== 'yes') throw new CliError('Not approved: nothing was done. The proposal stands.');
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number from 1 on.');
  return count;
}

function parseSize(text: string): number {
  const bytes = parseBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError('such as 64MiB, or a number of bytes.');
  return bytes;
}

function parseHold(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 10_000 || ms > 86_400_000) {
    throw new InvalidArgumentError('from 10s to 24h, such as 5m or 1h30m.');
  }
  return ms;
}
