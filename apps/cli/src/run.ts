// Reads the arguments, runs the command, turns whatever happens into one sentence on stderr and an exit code.
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import type { Cli, GlobalOptions } from './cli.ts';
import { commands } from './commands/index.ts';
import { CliError } from './errors.ts';

export async function run(args: readonly string[], cli: Cli): Promise<number> {
  try {
    await makeProgram(cli).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 || isHelp(error) ? helpCode(args) : 2;
    if (error instanceof CliError) {
      cli.note(`petrov: ${error.message}`);
      return error.exitCode;
    }
    cli.note(`petrov: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

function makeProgram(cli: Cli): Command {
  const program = new Command('petrov')
    .description('Watches PostgreSQL primaries, prepares a failover, and promotes only what a person approved.')
    .option('--json', 'print JSON: one object, or JSON Lines for lists and streams')
    .option('--url <url>', 'a controller at another address; needs a session in PETROV_SESSION')
    .option(
      '--socket <path>',
      'the admin socket of a controller on this host (default: the one in controller.json in the data folder)',
    )
    .option(
      '--data <folder>',
      'where the record, stores, templates and sandboxes are kept',
      join(cli.settings.root, 'var'),
    )
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => void cli.settings.out.write(text),
      writeErr: (text) => void cli.settings.err.write(text),
    })
    .showSuggestionAfterError()
    .exitOverride()
    .hook('preAction', (_program, command) => cli.setOptions(globalOptions(command.optsWithGlobals())));
  for (const add of commands) add(program, cli);
  settle(program);
  return program;
}

function globalOptions({ json, url, socket, data = '' }: Partial<GlobalOptions>): GlobalOptions {
  return {
    json: json === true,
    data: resolve(data),
    ...(url === undefined ? {} : { url }),
    ...(socket === undefined ? {} : { socket }),
  };
}

/** What isn't inherited by commands that were added: how they end, and where a usage error points to. */
function settle(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    child.showHelpAfterError(`See "${pathOf(child)} --help".`);
    settle(child);
  }
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function isHelp(error: CommanderError): boolean {
  return error.code === 'commander.help' || error.code === 'commander.helpDisplayed';
}

/** Asked for, help is an answer; shown because no command was named, it's bad usage. */
function helpCode(args: readonly string[]): number {
  return args.some((arg) => arg === '--help' || arg === '-h' || arg === 'help') ? 0 : 2;
}
