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
    const { member } = host.config;
    const wrong = findWrong(given);
    if (wrong !== undefined) return refused(`${member} keeps its synchronous standbys: ${wrong}.`);
    let hasBegun = false;
    try {
      return await askLocally(host.config, async (ask) => {
        const { method } = command.args;
        const before = await show(ask);
        const wanted = findWanted(given, before);
        if (wanted === undefined)
          return refused(`${member} keeps its synchronous standbys: "${before}" can't be read.`);
        const facts = tellBefore(given, before, wanted);
        if (before === wanted) {
          if (method === 'before') host.state.dropSyncLowered();
          return done(`${member} has these synchronous standbys already.`, facts);
        }
        const stays = whyStays(given, before);
        if (stays !== undefined) return refused(`${member} keeps its synchronous standbys: ${stays}.`, facts);
        if (method === 'none' || method === 'lower')
          host.state.keepSyncLowered({ was: facts.syncTextBefore, set: wanted });
        hasBegun = true;
        await ask(`ALTER SYSTEM SET synchronous_standby_names = ${escapeLiteral(wanted)}`);
        await ask('SELECT pg_reload_conf()');
        const within = leftMs(given, Math.min(command.ttlMs - 200, WAIT_MAX_MS));
        if (await isDone(async () => (await show(ask)) === wanted, within)) {
          if (method === 'before') host.state.dropSyncLowered();
          return done(`${member} has ${wanted === '' ? 'no synchronous standby' : wanted} now.`, facts);
        }
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
  if (args.method === 'none' || args.method === 'lower' || args.method === 'before') return undefined;
  const { members, number } = args;
  const unknown = members.find((id) => !host.config.peers.some((peer) => peer.id === id));
  if (unknown !== undefined) return `${unknown} is no other member that its agent knows`;
  if (new Set(members).size < members.length) return 'a member is named twice';
  if (number > members.length) return `no commit could wait for ${number} of ${members.length}`;
  return undefined;
}

/** Undefined where what stands there can't be read. */
function findWanted({ host, command: { args } }: Given<'sync-names'>, now: string): string | undefined {
  if (args.method === 'before') return args.was;
  return args.method === 'lower' ? lowerSyncNames(now, args.number) : formatSyncNames(args, host.config.peers);
}

/** What stood there before the first command that lowered it: another attempt, or another plan, finds it lowered. */
function tellBefore({ host }: Given<'sync-names'>, now: string, syncText: string) {
  const lowered = host.state.syncLowered();
  const syncTextBefore = lowered?.set === now ? lowered.was : now;
  return { syncNamesBefore: parseSyncNames(now, host.config.peers) ?? now, syncTextBefore, syncText };
}

/** Only what was lowered here is put back, and only where still exactly that stands. */
function whyStays({ host, command: { args } }: Given<'sync-names'>, now: string): string | undefined {
  if (args.method !== 'before') return undefined;
  const lowered = host.state.syncLowered();
  const told = `and was told to put ${args.was} back`;
  if (lowered === undefined) return `its agent never lowered them, ${told}`;
  if (lowered.was !== args.was) return `its agent lowered ${lowered.was}, ${told}`;
  if (now === lowered.set) return undefined;
  return `it waits for ${now === '' ? 'nobody' : now}, which somebody has set since`;
}

async function show(ask: AskLocal): Promise<string> {
  return Shown.parse((await ask('SHOW synchronous_standby_names')).rows[0]).synchronous_standby_names;
}
