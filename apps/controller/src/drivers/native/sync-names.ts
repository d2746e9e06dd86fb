// For how many standbys commits at a member wait: for no more than will follow the candidate (else every commit would hang); and
// as it was, when the run is given up, or once enough stream from the one that leads.
import { isListed, parseSyncNames } from '@petrov/core/cluster';
import type { SyncChange } from '@petrov/core/wire';
import { explainFailure } from '@petrov/runtime/postgres';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Answered, commandOf, done, type DriverDeps, fromAgent, type Perform, refused } from '../driver.ts';

const AGAIN_MS = 300;
/** Left for the agent. */
const SET_WITHIN_MS = 6_000;

const NOW = `
  SELECT pg_is_in_recovery() AS "inRecovery", current_setting('synchronous_standby_names') AS names,
    (SELECT coalesce(json_agg(application_name), '[]') FROM pg_stat_replication WHERE state = 'streaming') AS streaming`;
const Now = z.object({ inRecovery: z.boolean(), names: z.string(), streaming: z.array(z.string()) });

export function prepare(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { waitFor = 0 } = perform.step;
  return set(deps, perform, waitFor === 0 ? { method: 'none' } : { method: 'lower', number: waitFor });
}

export async function restoreSync(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { run, step } = perform;
  if (step.was !== undefined) return await setAgain(deps, perform, { was: step.was, lowered: step.set ?? '' });
  const prepared = run.journal.findLast((event) => event.type === 'done' && event.step === 'prepare');
  const before = prepared?.type === 'done' ? prepared.facts[step.member]?.syncTextBefore : undefined;
  if (before === undefined)
    return refused(
      `For whom commits at ${step.member} waited is not known: set synchronous_standby_names by hand, if they are to wait.`,
    );
  return await set(deps, perform, before === '' ? { method: 'none' } : { method: 'before', was: before });
}

/** Nobody's own change is undone, and no commit is made to wait for more standbys than stream. */
async function setAgain(
  deps: DriverDeps,
  perform: Perform,
  { was, lowered }: { readonly was: string; readonly lowered: string },
): Promise<Answered> {
  const { run, step } = perform;
  const { member } = step;
  const wanted = parseSyncNames(was);
  if (wanted === undefined) return refused(`synchronous_standby_names at ${member} was ${was}, which can't be read.`);
  const until = deps.clock.monotonicMs() + step.deadlineMs - SET_WITHIN_MS;
  for (;;) {
    const now = await readNow(deps, run.cluster, member);
    if (typeof now === 'string') return refused(`${member} can't be read: ${now}.`);
    if (now.inRecovery) return refused(`${member} leads no more: its synchronous standbys stay as they are.`);
    const waits = `Commits at ${member} wait for ${now.names === '' ? 'no standby' : now.names}`;
    if (now.names === was) return done(`${waits} again.`, {});
    if (now.names !== lowered) return done(`${waits}, which somebody has set since: it stays.`, {});
    const streaming = now.streaming.filter((name) => isListed(wanted, name)).length;
    if (streaming >= wanted.number) return await set(deps, perform, { method: 'before', was });
    if (deps.clock.monotonicMs() >= until)
      return refused(
        `${waits}, as it was lowered: ${was} waits for ${wanted.number}, and of those it names ${streaming} stream. Set it by hand once enough do.`,
      );
    await delay(AGAIN_MS);
  }
}

async function readNow(deps: DriverDeps, cluster: string, member: string): Promise<z.infer<typeof Now> | string> {
  try {
    return await deps.reach.read(cluster, member, async (ask) => Now.parse((await ask(NOW)).rows[0]));
  } catch (error) {
    return explainFailure(error).says;
  }
}

async function set(deps: DriverDeps, perform: Perform, names: SyncChange): Promise<Answered> {
  const { step } = perform;
  const asked = deps.desk.command(commandOf(perform, { verb: 'sync-names', args: names }), step.deadlineMs);
  deps.onActing(step.id);
  return fromAgent(step.member, await asked);
}
