// repoint: this standby follows another member. Only host and port of primary_conninfo change (and the slot, if given);
// done when its receiver streams from there.
import { type AskLocal, askLocally, readFacts } from '../postgres/local-server.ts';
import { changeUpstream, conninfoTo, isStreamingFrom, readUpstream } from '../postgres/receiver.ts';
import { isDone } from '../postgres/stop.ts';
import { ambiguous, done, explain, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';

const WAIT_MAX_MS = 20_000;

export const repoint: Verb<'repoint'> = {
  verb: 'repoint',
  async act(given) {
    const { config } = given.host;
    let hasBegun = false;
    try {
      return await askLocally(config, async (ask) => {
        const before = await readUpstream(ask);
        if (!before.inRecovery) return refused(`${config.member} is no standby: it is out of recovery.`);
        const conninfo = conninfoTo(before.conninfo, given.command.args);
        if (conninfo === undefined) {
          return refused(`${config.member} has no primary_conninfo of the form "name=value …": set one by hand.`);
        }
        hasBegun = true;
        await changeUpstream(ask, conninfo, given.command.args.slot);
        return await waitForStream(ask, given, before.timeline);
      });
    } catch (error) {
      if (!hasBegun) return refused(`Postgres on ${config.member} doesn't answer: ${explain(error)}.`);
      return ambiguous(`${config.member} may have been repointed: ${explain(error)}.`);
    }
  },
};

async function waitForStream(ask: AskLocal, given: Given<'repoint'>, timeline: number): Promise<Outcome> {
  const { host, command } = given;
  const { upstream } = command.args;
  const isStreaming = () => isStreamingFrom(ask, command.args, timeline);
  const streams = await isDone(isStreaming, leftMs(given, Math.min(command.ttlMs - 500, WAIT_MAX_MS)), 50);
  const facts = await readFacts(ask, host.config);
  host.state.keepStanding({ epoch: command.epoch, timeline: facts.timeline ?? timeline });
  if (!streams)
    return ambiguous(`${host.config.member} was pointed at ${upstream} and doesn't stream from it yet.`, facts);
  return done(`${host.config.member} streams from ${upstream} on timeline ${facts.timeline}.`, { ...facts, upstream });
}
