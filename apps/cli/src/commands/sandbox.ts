// petrov sandbox: real Postgres sets in namespaces of this machine, by themselves: up, down, status, break, heal, get in.
import { spawn } from 'node:child_process';
import { applyFault } from '@petrov/drill';
import { createSite, downSites, FAULTS, type SiteStatus } from '@petrov/sandbox';
import { Argument, type Command } from 'commander';
import type { Cli } from '../cli.ts';
import { badInput, CliError } from '../errors.ts';
import { renderTable } from '../text/table.ts';
import { clearLeft, inWords, openChosenSite, type SiteChoice } from '../up/which-site.ts';

export function addSandbox(program: Command, cli: Cli): void {
  const sandbox = program
    .command('sandbox')
    .description('primary and standbys in namespaces of this machine: up, down, status, break and heal')
    .enablePositionalOptions();
  const add = (name: string, description: string): Command =>
    sandbox.command(name).description(description).option('--site <id>', 'which one, when several run');
  addUpAndDown(add, cli);
  addStatus(add, cli);
  addFaults(add, cli);
  addPower(add, cli);
  addGettingIn(add, cli);
}

type Add = (name: string, description: string) => Command;
type Chosen = { readonly site?: string };

function choiceOf(cli: Cli, { site }: Chosen): SiteChoice {
  return { data: cli.options().data, ...(site === undefined ? {} : { site }) };
}

function addUpAndDown(add: Add, cli: Cli): void {
  add('up', 'a set by itself, without a Petrov that watches it; it stays until "down"')
    .option('--sync', 'synchronous standbys', false)
    .option('--tuned', 'timeouts that notice a dead connection within seconds', false)
    .action(async (options: Chosen & { readonly sync: boolean; readonly tuned: boolean }) => {
      const { data } = choiceOf(cli, options);
      const site = await inWords(() =>
        createSite({
          root: data,
          sync: options.sync,
          profile: options.tuned ? 'tuned' : 'default',
          keep: true,
          onProgress: cli.note,
        }),
      );
      const status = await site.status();
      cli.answer(status, () => tellStatus(status));
    });
  add('down', 'takes down all sandboxes, or one, and clears what killed runs have left').action(
    async (options: Chosen) => {
      const { data, site } = choiceOf(cli, options);
      const left = await clearLeft(data);
      const gone = await inWords(() => downSites(data, site));
      cli.answer({ gone, cleared: left }, () => {
        const sites = gone.length === 0 ? 'No sandbox ran.' : `Gone: ${gone.join(', ')}.`;
        return left.length === 0 ? sites : `${sites} Cleared as well: ${left.join(', ')}.`;
      });
    },
  );
}

function addStatus(add: Add, cli: Cli): void {
  add('status', 'how each member is by its own word and by its processes, and what is broken').action(
    async (options: Chosen) => {
      const status = await (await openChosenSite(choiceOf(cli, options))).status();
      cli.answer(status, () => tellStatus(status));
    },
  );
}

function addFaults(add: Add, cli: Cli): void {
  add('fault', 'break something; without a name: what can be broken')
    .argument('[name]', 'such as kill')
    .argument('[args...]', 'such as orders-1')
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText('after', `\nFaults:\n${tellFaults()}\n\nOptions of petrov itself stand before the fault's name.`)
    .action(async (name: string | undefined, args: readonly string[], options: Chosen) => {
      if (name === undefined) {
        const list = FAULTS.map((fault) => ({
          name: fault.name,
          args: fault.positional,
          summary: fault.summary,
          breaks: fault.breaks,
        }));
        if (cli.options().json) for (const fault of list) cli.printJson(fault);
        else cli.print(tellFaults());
        return;
      }
      const site = await openChosenSite(choiceOf(cli, options));
      const { atMs } = await inWords(() => applyFault(site, name, args));
      cli.answer(
        { name, args, atMs },
        () => `${[name, ...args].join(' ')}: done. "petrov sandbox heal" undoes all faults.`,
      );
    });
  add('heal', 'undo all faults: cuts end, the frozen go on, the stopped start through their gates').action(
    async (options: Chosen) => {
      const site = await openChosenSite(choiceOf(cli, options));
      const healed = await inWords(() => site.heal());
      cli.answer({ healed }, () => (healed.length === 0 ? 'There was nothing to heal.' : healed.join('\n')));
    },
  );
}

function addPower(add: Add, cli: Cli): void {
  add('power', "turn the power of a member's host off or on, from outside of it")
    .addArgument(new Argument('<to>', 'off: all of it ends at once; on: it boots').choices(['off', 'on']))
    .argument('<member>', 'such as orders-1')
    .action(async (to: 'off' | 'on', member: string, options: Chosen) => {
      const site = await openChosenSite(choiceOf(cli, options));
      const says = await inWords(async () => {
        if (to === 'on') return await site.powerOn(member);
        await site.powerOff(member);
        return `${member} is off`;
      });
      cli.answer({ member, power: to, says }, () => `${says}.`);
    });
}

function addGettingIn(add: Add, cli: Cli): void {
  add('psql', "psql as superuser over a member's own socket, whatever is cut")
    .argument('<member>', 'such as orders-1')
    .argument('[args...]', 'for psql, after --')
    .action(async (member: string, args: readonly string[], options: Chosen) => {
      const site = await openChosenSite(choiceOf(cli, options));
      const argv = await inWords(async () => site.psqlArgv(member));
      await onThisTerminal([...argv, ...args], cli);
    });
  add('exec', 'run a command inside a host: a member, a witness, the client, a router')
    .argument('<host>', 'such as orders-1, w-a, client, router-mon')
    .argument('<command...>', 'the command, after --')
    .action(async (host: string, command: readonly string[], options: Chosen) => {
      const site = await openChosenSite(choiceOf(cli, options));
      if (!cli.options().json) {
        await onThisTerminal(await inWords(async () => site.execArgv(host, command)), cli);
        return;
      }
      const result = await inWords(() => site.execIn(host, command));
      cli.printJson(result);
      if (result.code !== 0) throw new CliError(`the command ended with exit code ${result.code}.`);
    });
}

/** On the caller's own terminal; its exit code other than 0 is a failure here too. */
async function onThisTerminal([command = '', ...args]: readonly string[], cli: Cli): Promise<void> {
  if (cli.options().json && command === 'psql')
    throw badInput('psql has no --json: ask psql itself, such as with -c "…" --csv.');
  const { promise, resolve: ended, reject } = Promise.withResolvers<number | null>();
  const child = spawn(command, args, { stdio: 'inherit' });
  child.on('error', (error) => reject(new CliError(`${command} can't be run: ${error.message}`)));
  child.on('exit', (code) => ended(code));
  const code = await promise;
  if (code !== 0) throw new CliError(`it ended with ${code === null ? 'a signal' : `exit code ${code}`}.`);
}

function tellFaults(): string {
  return renderTable(
    ['fault', 'arguments', 'does'],
    FAULTS.map((fault) => [fault.name, fault.positional.join(' '), fault.summary]),
    '  ',
  );
}

function tellStatus({ id, members, activeFaults }: SiteStatus): string {
  const rows = members.map((member) => [
    member.id,
    member.zone,
    member.postgres,
    member.role === 'unknown' ? '' : member.role,
    member.timeline ?? undefined,
    member.lsn ?? undefined,
    member.upstream ?? undefined,
    member.says ?? undefined,
  ]);
  const broken = activeFaults.map(({ name, args }) => `${name} ${Object.values(args).join(' ')}`);
  return [
    `Sandbox ${id}:`,
    renderTable(['member', 'zone', 'Postgres', 'role', 'timeline', 'LSN', 'upstream', 'says'], rows, '  '),
    broken.length === 0 ? 'Nothing is broken on purpose.' : `Broken on purpose: ${broken.join('; ')}.`,
  ].join('\n');
}
