// unfence: lifts the fence of its own proposal and puts back what was before: standby.signal only where it was, Postgres
// running where it ran. The start goes through the gate, which asks the other members.
import { hasStandbySignal, standbySignalPath } from '../postgres/down-facts.ts';
import { listProcesses } from '../postgres/processes.ts';
import { startServer } from '../postgres/start.ts';
import { FENCE_PATIENCE, isDone, stopAll } from '../postgres/stop.ts';
import { LEASE_PROPOSAL } from '../state/agent-state.ts';
import { removeDurably } from '../state/durable.ts';
import { ambiguous, done, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';
import { lookAround } from './look.ts';

const START_MS = 30_000;
const STOP_MS = 60_000;
const ANSWER_MS = 500;
const LOOK_EVERY_MS = 100;

export const unfence: Verb<'unfence'> = {
  verb: 'unfence',
  async act(given) {
    const { host, command } = given;
    const { config, state } = host;
    const { dataDirectory, member } = config;
    const fence = state.fence();
    if (fence === undefined) return await endStop(given);
    if (fence.proposal !== command.args.proposal && fence.proposal !== LEASE_PROPOSAL) {
      return refused(`${member} is fenced for proposal ${fence.proposal}, not for ${command.args.proposal}.`);
    }
    const unfinished = state.unfinished();
    if (unfinished) {
      const says = `${member} holds a ${unfinished.verb} that ended half-way: rewind or clone it again, it can't be un-fenced.`;
      return refused(says, { unfinished: unfinished.verb });
    }
    const runs = listProcesses(dataDirectory).length > 0;
    // Without its standby.signal somebody went around the fence: what runs takes writes, and isn't stopped by lifting it.
    const isHeld = !fence.hadStandbySignal && hasStandbySignal(dataDirectory);
    if (isHeld) {
      const left = await stopAll(dataDirectory, { ...FENCE_PATIENCE, fastMs: 5_000 });
      if (left.length > 0) return ambiguous(`${member} is still fenced: it runs read-only and can't be stopped.`);
      removeDurably(standbySignalPath(dataDirectory));
    }
    state.dropStanding();
    state.dropFence();
    if (runs && !isHeld)
      return done(`The fence of ${member} is lifted; Postgres runs as it did.`, (await lookAround(host)).facts);
    if (!fence.wasRunning && !runs) return done(`The fence of ${member} is lifted.`, (await lookAround(host)).facts);
    const failed = await startServer(config, leftMs(given, Math.min(command.ttlMs, START_MS)));
    const { facts } = await lookAround(host);
    if (failed !== undefined)
      return ambiguous(`The fence of ${member} is lifted, and Postgres didn't start: ${failed}`, facts);
    return done(`The fence of ${member} is lifted; Postgres runs.`, facts);
  },
};

/** A clean stop that took too long goes on by itself, fenced or not: whoever gives it up wants Postgres running again. */
async function endStop(given: Given<'unfence'>): Promise<Outcome> {
  const { host, command } = given;
  const { dataDirectory, member } = host.config;
  const leftNow = () => leftMs(given, Math.min(command.ttlMs - ANSWER_MS, STOP_MS));
  if (host.state.stopping()?.proposal !== command.args.proposal)
    return done(`${member} isn't fenced.`, (await lookAround(host)).facts);
  const isGone = () => listProcesses(dataDirectory).length === 0;
  // One that stops takes no new session: whoever answers was started since, by whomever.
  const answers = async () => (await lookAround(host)).facts?.postgres === 'running';
  const isOver = async () => isGone() || (await answers());
  if (!(await isDone(isOver, leftNow(), LOOK_EVERY_MS)))
    return ambiguous(
      `${member} isn't fenced, and is still stopping as it was told to: it turns clients away until then.`,
    );
  const failed = isGone() ? await startServer(host.config, leftMs(given, command.ttlMs - ANSWER_MS)) : undefined;
  const { facts } = await lookAround(host);
  if (failed !== undefined) return ambiguous(`${member} had stopped, and Postgres didn't start: ${failed}`, facts);
  host.state.dropStopping();
  return done(`${member} had stopped, and Postgres runs again.`, facts);
}
