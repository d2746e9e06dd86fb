// petrov up (= npm start): a whole Petrov with a sandbox of its own; with --config it guards real clusters instead.
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { guardClusters } from '../up/guard-clusters.ts';
import { runSandbox } from '../up/run-sandbox.ts';

export type UpOptions = {
  readonly port: number;
  readonly sync: boolean;
  readonly preset: 'fast' | 'default' | 'calm';
  readonly config?: string;
};

export function addUp(program: Command, cli: Cli): void {
  program
    .command('up')
    .description('start Petrov with a sandbox set, witnesses, agents and the console; Ctrl-C takes all of it down')
    .option('--port <port>', 'of the console; when it is taken, the next free one', readPort, 8833)
    .option('--sync', 'synchronous standbys: nothing acknowledged can be lost', false)
    .addOption(
      new Option('--preset <preset>', 'how soon a failover is proposed')
        .choices(['fast', 'default', 'calm'])
        .default('default'),
    )
    .option('--config <file>', 'guard the clusters of this configuration instead; no sandbox')
    .action(async (options: UpOptions) => {
      if (options.config === undefined) await runSandbox(cli, options);
      else await guardClusters(cli, resolve(options.config));
    });
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number from 0 (any free one) to 65535.');
}
