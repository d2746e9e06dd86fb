// petrov watch: the status, again each second, until Ctrl-C. On a terminal it stays in place; elsewhere a new block is
// printed when something changed.
import { setTimeout as delay } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { Cli } from '../cli.ts';
import type { Client } from '../reach/client.ts';
import { readStatus, tellStatus } from './status.ts';

const EVERY_MS = 1_000;
const HOME_AND_CLEAR = '\u001b[H\u001b[J';

export function addWatch(program: Command, cli: Cli): void {
  program
    .command('watch')
    .description('the status, refreshed each second, until Ctrl-C')
    .option('--times <n>', 'end after so many looks', parseTimes)
    .action(async ({ times = Infinity }: { times?: number }) => {
      const stop = new AbortController();
      const end = () => stop.abort();
      process.once('SIGINT', end);
      process.once('SIGTERM', end);
      try {
        await watch(await cli.client(), cli, { times, signal: stop.signal });
      } finally {
        process.off('SIGINT', end);
        process.off('SIGTERM', end);
      }
    });
}

async function watch(client: Client, cli: Cli, until: { times: number; signal: AbortSignal }): Promise<void> {
  let last = '';
  for (let look = 1; look <= until.times && !until.signal.aborted; look += 1) {
    const now = await readStatus(client);
    if (cli.options().json) cli.printJson(now.status);
    else if (cli.settings.out.isTTY === true) cli.print(HOME_AND_CLEAR + tellStatus(now));
    else {
      const kept = withoutAges(tellStatus(now));
      if (kept !== last) cli.print(tellStatus(now));
      last = kept;
    }
    if (look < until.times) await delay(EVERY_MS, undefined, { signal: until.signal }).catch(() => undefined);
  }
}

/** Ages grow each second; a block that differs in them alone is no news. */
function withoutAges(text: string): string {
  return text.replace(/\d+(\.\d+)? (s|min|h|days)\b/g, '').replace(/ +/g, ' ');
}

function parseTimes(text: string): number {
  const times = Number(text);
  if (!Number.isInteger(times) || times < 1) throw new InvalidArgumentError('a whole number from 1 on.');
  return times;
}
