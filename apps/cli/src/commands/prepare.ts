// petrov prepare CLUSTER: the SQL that a guarded cluster needs, from the configuration. It prints and touches nothing.
import { ControllerConfig } from '@petrov/core/wire';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { badInput } from '../errors.ts';
import { preparationSql } from '../text/preparation.ts';

export function addPrepare(program: Command, cli: Cli): void {
  program
    .command('prepare')
    .argument('<cluster>', 'a cluster of the configuration')
    .requiredOption('--config <file>', 'the controller’s configuration')
    .description('print the SQL that a cluster needs before Petrov can guard it; pipe it into psql at the primary')
    .action(async (cluster: string, { config: file }: { config: string }) => {
      const config = await read(file);
      const found = config.clusters.find(({ id }) => id === cluster);
      if (found === undefined) {
        const known = config.clusters.map(({ id }) => id).join(', ') || 'none';
        throw badInput(`${file} has no cluster "${cluster}". It has: ${known}.`);
      }
      const sql = preparationSql(config, found);
      cli.answer({ cluster, sql }, () => sql);
    });
}

async function read(file: string): Promise<ControllerConfig> {
  const { ConfigInvalid, loadConfig } = await import('@petrov/runtime/config');
  try {
    return loadConfig(file, ControllerConfig);
  } catch (error) {
    if (error instanceof ConfigInvalid) throw badInput(error.message);
    throw error;
  }
}
