// sync-names: which standbys a commit waits for, by members' ids. Done when the server itself shows the new value; what it
// was before is told, so that it can be put back.
import { escapeLiteral } from 'pg';
import { z } from 'zod';
import { type AskLocal, askLocally } from '../postgres/local-server.ts';
import { isDone } from '../postgres/stop.ts';
import { formatSyncNames, lowerSyncNames, parseSyncNames } from '../postgres/sync-names.ts';
import { ambiguous, done, explain, type Given, leftMs, refused, type Verb } from '../verb.ts';

const WAIT_MAX_MS = 5_000;
const Shown = z.object({ synchronous_standby_names: z.string() });

export const syncNames: Verb<'sync-names'> = {
  verb: 'sync-names',
  async act(given) {
    const { host, command } = given;
    const { member, peers } = host.config;
    const wrong = findWrong(given);
    if (wrong !== undefined) return refused(`${member} keeps its synchronous standbys: ${wrong}.`);
    let hasBegun = false;
    try {
      return await askLocally(host.config, async (ask) => {
        const before = await show(ask);
        const { args } = command;
        const wanted = args.method === 'lower' ? lowerSyncNames(before, args.number) : formatSyncNames(args, peers);
        if (wanted === undefined)
          return refused(`${member} keeps its synchronous standbys: "${before}" can't be read.`);
        const facts = { syncNamesBefore: parseSyncNames(before, peers) ?? before };
        if (before === wanted) return done(`${member} has these synchronous standbys already.`, facts);
        hasBegun = true;
        await ask(`ALTER SYSTEM SET synchronous_standby_names = ${escapeLiteral(wanted)}`);
        await ask('SELECT pg_reload_conf()');
        const within = leftMs(given, Math.min(command.ttlMs - 200, WAIT_MAX_MS));
        if (await isDone(async () => (await show(ask)) === wanted, within))
          return done(`${member} has ${wanted === '' ? 'no synchronous standby' : wanted} now.`, facts);
        return ambiguous(
          `${member} was told its synchronous standbys and doesn't show them: is the setting fixed elsewhere?`,
          facts,
        );
      });
    } catch (error) {
      if (!hasBegun) return refused(`Postgres on ${member} doesn't answer: ${explain(error)}.`);
      return ambiguous(`${member} may have new synchronous standbys: ${explain(error)}.`);
    }
  },
};

function findWrong({ host, command: { args } }: Given<'sync-names'>): string | undefined {
  if (args.method === 'none' || args.method === 'lower') return undefined;
  const { members, number } = args;
  const unknown = members.find((id) => !host.config.peers.some((peer) => peer.id === id));
  if (unknown !== undefined) return `${unknown} is no other member that its agent knows`;
  if (new Set(members).size < members.length) return 'a member is named twice';
  if (number > members.length) return `no commit could wait for ${number} of ${members.length}`;
  return undefined;
}

async function show(ask: AskLocal): Promise<string> {
  return Shown.parse((await ask('SHOW synchronous_standby_names')).rows[0]).synchronous_standby_names;
}
