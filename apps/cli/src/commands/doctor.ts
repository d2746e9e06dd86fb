// petrov doctor: what this machine has and lacks, and what to do about it.
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { examine } from '../doctor/checks.ts';
import { CliError } from '../errors.ts';
import { renderTable } from '../text/table.ts';

export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .description('what this machine has and lacks for a sandbox, and what to do')
    .action(() => {
      const found = examine(cli.settings.root);
      if (cli.options().json) found.forEach(cli.printJson);
      else {
        const state = (isFound: boolean, isNeeded: boolean) => (isFound ? 'found' : isNeeded ? 'LACKING' : 'lacking');
        const rows = found.map(({ id, isFound, isNeeded, says, toDo }) => [id, state(isFound, isNeeded), says, toDo]);
        cli.print(renderTable(['what', '', '', 'what to do'], rows));
      }
      const lacking = found.filter(({ isFound, isNeeded }) => isNeeded && !isFound);
      if (lacking.length === 0) return;
      const names = lacking.map(({ id }) => id).join(', ');
      throw new CliError(`A sandbox can’t run here: ${names} lacking. Real clusters can be guarded without one.`);
    });
}
