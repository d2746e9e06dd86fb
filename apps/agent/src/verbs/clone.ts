// clone: this member's data directory anew, by a base backup of another member that is made beside it and verified before
// the old one is touched. The old one is kept beside it; one of an earlier run's clone goes. It stays fenced and down.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sayBytes } from '@petrov/core/assessment';
import { putBackConfiguration } from '../postgres/configuration.ts';
import { readDownFacts } from '../postgres/down-facts.ts';
import { listProcesses } from '../postgres/processes.ts';
import { isProgramRunning } from '../postgres/programs.ts';
import { folderBytes } from '../rejoin/aside.ts';
import { makeBackup, whyNoSwap } from '../rejoin/base-backup.ts';
import { fenceHere, keepAsStandby } from '../rejoin/leave-down.ts';
import { findRebuilt, hasCloned, noteRebuilt } from '../rejoin/rebuilt.ts';
import { sayRewinding } from '../rejoin/pg-rewind.ts';
import { findSource, sayNoLogin } from '../rejoin/source.ts';
import { findOutOfRecovery, stopStandby } from '../rejoin/stop-standby.ts';
import { finishSwap } from '../rejoin/swap.ts';
import { done, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';
import { writeStandbySignal } from './fence.ts';

const ANSWER_MS = 1_000;

export const clone: Verb<'clone'> = {
  verb: 'clone',
  async act(given) {
    const { host, command } = given;
    const { config, state, progress } = host;
    const { member, dataDirectory } = config;
    const unfinished = state.unfinished();
    if (unfinished?.verb === 'clone') return swap(given, unfinished);
    const source = findSource(config, command.args);
    if (source === undefined) return refused(sayNoLogin(member));
    if (isProgramRunning('pg_rewind', dataDirectory)) return refused(sayRewinding(member));
    const never = whyNoSwap(dataDirectory);
    if (never !== undefined) return refused(`${member} can't be cloned by its agent: ${never}. Clone it by hand.`);
    const wrong = await findOutOfRecovery(given);
    if (wrong) return wrong;

    const within = () => leftMs(given, command.ttlMs - ANSWER_MS);
    const made = unfinished === undefined ? await findRebuilt(given, source, within) : undefined;
    if (made) return made;
    const { timeline } = command.args;
    const backup = await makeBackup(config, source, { timeline, leftMs: within, progress });
    if (!backup.ok) return refused(`${member} wasn't cloned: ${backup.why}. Nothing of it was changed.`);
    const wasRunning = listProcesses(dataDirectory).length > 0;
    const notDown = await stopStandby(given);
    if (notDown) return notDown; // the copy is removed by the next try
    fenceHere(given, wasRunning);
    const own = unfinished?.savedTo === undefined ? dataDirectory : join(unfinished.savedTo, 'configuration');
    putBackConfiguration(own, backup.folder);
    writeStandbySignal(backup.folder);
    // The original is kept; the copy that takes its place again goes with the next clone.
    const aside =
      hasCloned(given) && existsSync(asideOf(dataDirectory))
        ? `${dataDirectory}.clone-replaced`
        : asideOf(dataDirectory);
    await rm(aside, { recursive: true, force: true });
    state.keepUnfinished({ verb: 'clone', from: backup.folder, aside });
    return swap(given, { from: backup.folder, aside });
  },
};

async function swap(given: Given<'clone'>, of: { from: string; aside: string }): Promise<Outcome> {
  const { host, command } = given;
  const { member, dataDirectory } = host.config;
  finishSwap(dataDirectory, of);
  const kept = asideOf(dataDirectory);
  const saved = { savedTo: kept, savedBytes: await folderBytes(kept) };
  noteRebuilt(given, saved);
  await keepAsStandby(given);
  return done(
    `${member} was cloned from ${command.args.upstream}; its old data directory is ${kept}, ${sayBytes(saved.savedBytes)}. It is fenced and down.`,
    { ...(await readDownFacts(host)), ...saved },
  );
}

function asideOf(dataDirectory: string): string {
  return `${dataDirectory}.aside`;
}
