// petrov sign-in-link: a one-time link for the console, printed to this terminal only.
import { SignInLink } from '@petrov/core/wire';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { formatDuration } from '../text/format.ts';

export function addSignInLink(program: Command, cli: Cli): void {
  program
    .command('sign-in-link')
    .description('print a link that signs in to the console once, within ten minutes')
    .option('--user <name>', 'for whom; default: the demo operator, or the only user there is')
    .action(async ({ user }: { user?: string }) => {
      const link = await (await cli.client()).post(
        '/admin/sign-in-links',
        user === undefined ? {} : { user },
        SignInLink,
      );
      cli.answer(link, () => {
        cli.note(`For ${link.user} (${link.role}); works once, for ${formatDuration(link.expiresAtMs - Date.now())}:`);
        return link.url;
      });
    });
}
