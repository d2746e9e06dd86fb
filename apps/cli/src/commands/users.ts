// petrov users: who may sign in to the console. The password is read from standard input, never from the arguments.
import { Role } from '@petrov/core/approval';
import { NewUserReply, UserView } from '@petrov/core/wire';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { Cli } from '../cli.ts';
import { badInput } from '../errors.ts';
import { readLines } from '../reach/lines.ts';
import { renderTable } from '../text/table.ts';

type AddOptions = { readonly role: Role; readonly passwordStdin?: boolean; readonly totp?: boolean };

export function addUsers(program: Command, cli: Cli): void {
  const users = program
    .command('users')
    .description('who may sign in, and as what')
    .action(async () => {
      const all = await (await cli.client()).get('/admin/users', z.array(UserView));
      if (cli.options().json) return all.forEach(cli.printJson);
      if (all.length === 0)
        return cli.print('Nobody can sign in yet. Add the first: petrov users add NAME --role approver');
      const rows = all.map((user) => [user.name, user.role, signInOf(user), user.isDisabled ? 'disabled' : '']);
      cli.print(renderTable(['user', 'role', 'signs in by', ''], rows));
    });
  users
    .command('add')
    .argument('<name>', 'the name to sign in with')
    .addOption(new Option('--role <role>', 'what they may do').choices(Role.options).makeOptionMandatory())
    .option('--password-stdin', 'read a password from standard input; without one they sign in by link')
    .option('--totp', 'ask for a one-time code too; prints the secret for an authenticator app, once')
    .description('let somebody sign in')
    .action(async (name: string, options: AddOptions) => {
      const password = options.passwordStdin === true ? await readPassword() : undefined;
      const body = { name, role: options.role, password, withTotp: options.totp === true };
      const user = await (await cli.client()).post('/admin/users', body, NewUserReply);
      cli.answer(user, () =>
        [
          `${user.name} may sign in as ${user.role}, by ${signInOf(user)}.`,
          ...(user.totpUrl === undefined ? [] : [user.totpUrl]),
        ].join('\n'),
      );
    });
  users
    .command('disable')
    .argument('<name>', 'the user')
    .description('let them sign in no more; their sessions end at once')
    .action(async (name: string) => {
      const user = await (await cli.client()).post(`/admin/users/${encodeURIComponent(name)}/disable`, {}, UserView);
      cli.answer(user, () => `${user.name} can’t sign in any more; every session of theirs has ended.`);
    });
  users
    .command('sign-out')
    .argument('<name>', 'the user')
    .description('end every session of a user at once')
    .action(async (name: string) => {
      const Ended = z.object({ revoked: z.number() });
      const ended = await (await cli.client()).post('/admin/sessions/revoke', { user: name }, Ended);
      cli.answer(ended, () => `Ended: ${ended.revoked}.`);
    });
}

function signInOf(user: UserView): string {
  if (!user.hasPassword) return 'link';
  return user.hasTotp ? 'link, password and code' : 'link, password';
}

async function readPassword(): Promise<string> {
  for await (const line of readLines('-')) return line;
  throw badInput('--password-stdin: standard input was empty.');
}
