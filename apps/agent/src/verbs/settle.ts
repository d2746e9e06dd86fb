// settle: the candidate catches up from a sibling that has more of the WAL, so that nothing which any of them has is lost
// and the sibling can follow it later. Done when it has received or replayed up to the position asked for.
import { Lsn, maxLsn, isLsnAtLeast } from '@petrov/core/cluster';
import { z } from 'zod';
import { type AskLocal, askLocally, readFacts } from '../postgres/local-server.ts';
import { changeUpstream, conninfoTo, readUpstream } from '../postgres/receiver.ts';
import { isDone } from '../postgres/stop.ts';
import { ambiguous, done, explain, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';

const ANSWER_MS = 500;
const AGAIN_MS = 20;
const Position = z.object({ received: Lsn.nullable(), replayed: Lsn.nullable() });

export const settle: Verb<'settle'> = {
  verb: 'settle',
  async act(given) {
    const { host, command } = given;
    const { member } = host.config;
    const { upstream, atLeastLsn, slot = '' } = command.args;
    let hasBegun = false;
    try {
      return await askLocally(host.config, async (ask) => {
        const before = await readUpstream(ask);
        if (!before.inRecovery) return refused(`${member} is out of recovery: there is nothing to settle.`);
        if (await isThere(ask, atLeastLsn)) return sayThere(ask, given);
        const conninfo = conninfoTo(before.conninfo, command.args);
        if (conninfo === undefined)
          return refused(`${member} has no primary_conninfo of the form "name=value …": set one by hand.`);
        hasBegun = true;
        await changeUpstream(ask, conninfo, slot);
        const within = leftMs(given, command.ttlMs - ANSWER_MS);
        if (await isDone(() => isThere(ask, atLeastLsn), within, AGAIN_MS)) return sayThere(ask, given);
        const says = `${member} was pointed at ${upstream} and hasn't reached ${atLeastLsn} yet.`;
        return ambiguous(says, await readFacts(ask, host.config));
      });
    } catch (error) {
      if (!hasBegun) return refused(`Postgres on ${member} doesn't answer: ${explain(error)}.`);
      return ambiguous(`${member} may have been pointed at ${upstream}: ${explain(error)}.`);
    }
  },
};

async function isThere(ask: AskLocal, atLeast: Lsn): Promise<boolean> {
  const { rows } = await ask('SELECT pg_last_wal_receive_lsn() AS received, pg_last_wal_replay_lsn() AS replayed');
  const { received, replayed } = Position.parse(rows[0]);
  const at = maxLsn(received ?? undefined, replayed ?? undefined);
  return at !== undefined && isLsnAtLeast(at, atLeast);
}

async function sayThere(ask: AskLocal, { host, command }: Given<'settle'>): Promise<Outcome> {
  const facts = await readFacts(ask, host.config);
  return done(`${host.config.member} has all WAL up to ${command.args.atLeastLsn}.`, facts);
}
