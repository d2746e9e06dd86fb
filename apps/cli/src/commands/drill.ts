// petrov drill: plays scenarios on real servers, each in a sandbox of its own beside anything that runs.
import { getScenario, OPERATORS, type OperatorPart, SCENARIOS } from '@petrov/drill';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Cli } from '../cli.ts';
import { renderTable } from '../text/table.ts';
import { badInput } from '../errors.ts';
import { runDrills } from '../up/run-drills.ts';

export type DrillRunOptions = {
  readonly operator: OperatorPart;
  readonly sync: boolean;
  readonly tuned: boolean;
  readonly preset: 'fast' | 'default' | 'calm';
  readonly repeat: number;
  readonly report?: string;
  readonly crashControllerAt?: string;
};

export function addDrill(program: Command, cli: Cli): void {
  const drill = program.command('drill').description('scenarios on real Postgres: break it, decide, check the servers');
  drill
    .command('list')
    .description('the scenarios that can be played')
    .action(() => {
      if (cli.options().json) {
        for (const { id, title, says, truth, proposes } of SCENARIOS)
          cli.printJson({ id, title, says, truth, proposes });
        return;
      }
      cli.print(
        renderTable(
          ['scenario', 'is', 'what'],
          SCENARIOS.map(({ id, truth, says }) => [id, truth, says]),
        ),
      );
    });
  drill
    .command('run')
    .description('play scenarios; exit code 1 when a check fails')
    .argument('<names...>', SCENARIOS.map(({ id }) => id).join(', '))
    .addOption(new Option('--operator <part>', 'who decides').choices(OPERATORS).default('approve'))
    .option('--sync', 'synchronous standbys', false)
    .option('--tuned', "Postgres's timeouts tuned to notice a dead connection within seconds", false)
    .addOption(new Option('--preset <preset>', 'of the policy').choices(['fast', 'default', 'calm']).default('default'))
    .option('--repeat <n>', 'so many times, with a summary at the end', readCount, 1)
    .option('--report <folder>', 'keep report.json and the logs of each run here')
    .option('--crash-controller-at <point>', 'such as before-journal:promote:started, after-act:fence')
    .action(async (names: readonly string[], options: DrillRunOptions) => {
      const scenarios = names.map((name) => {
        if (SCENARIOS.some(({ id }) => id === name)) return getScenario(name);
        throw badInput(`there is no scenario "${name}"; there are ${SCENARIOS.map(({ id }) => id).join(', ')}.`);
      });
      await runDrills(cli, scenarios, options);
    });
}

function readCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1_000) return count;
  throw new InvalidArgumentError('a whole number from 1 to 1000.');
}
