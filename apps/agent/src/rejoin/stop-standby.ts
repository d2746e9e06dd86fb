// A member that is to be made a standby of another must be down. One in recovery is stopped fast; one that is out of
// recovery, or may be soon, is a primary and is never stopped here: that's what a fence is for.
import { sayDuration } from '@petrov/core/assessment';
import { hasStandbySignal } from '../postgres/down-facts.ts';
import { listProcesses } from '../postgres/processes.ts';
import { stopFast } from '../postgres/stop.ts';
import { ambiguous, type Given, leftMs, type Outcome, refused } from '../verb.ts';
import { lookAround } from '../verbs/look.ts';

/** A fast stop of a standby may write a whole checkpoint; one that is frozen never ends, whatever the command's time is. */
const STOP_MAX_MS = 300_000;

/** Why it isn't down; undefined when it is. */
export async function stopStandby(
  given: Given<'start-as-standby'> | Given<'rewind'> | Given<'clone'>,
): Promise<Outcome | undefined> {
  const { host, command } = given;
  const { dataDirectory, member } = host.config;
  const wrong = await findOutOfRecovery(given);
  if (wrong) return wrong;
  const hadSignal = hasStandbySignal(dataDirectory);
  const withinMs = Math.min(STOP_MAX_MS, leftMs(given, command.ttlMs - 500));
  const left = await stopFast(dataDirectory, withinMs);
  if (left.length > 0) {
    const says = `${member} was told to stop and hasn't within ${sayDuration(withinMs)}: ${left.length} processes are left.`;
    return ambiguous(
      left.every(({ state }) => state !== 'T') ? says : `${says} It is frozen: let it go on, or kill it.`,
    );
  }
  if (hadSignal && !hasStandbySignal(dataDirectory)) {
    return ambiguous(`${member} was promoted before it stopped: it has no standby.signal any more, and is down.`);
  }
  return undefined;
}

export async function findOutOfRecovery({ host }: Pick<Given<'look'>, 'host'>): Promise<Outcome | undefined> {
  const { dataDirectory, member } = host.config;
  if (listProcesses(dataDirectory).length === 0) return undefined;
  const { facts } = await lookAround(host);
  const isInRecovery = facts?.inRecovery ?? facts?.controlState === 'in archive recovery';
  if (isInRecovery || listProcesses(dataDirectory).length === 0) return undefined;
  return refused(`${member} is out of recovery, or may be soon: fence it first.`, facts);
}
