// rewind: takes back what this member wrote beyond the common history, by pg_rewind. What only it has is put aside first,
// and told. It stays fenced and down. Between the first changed byte and the last the directory is of no use to anybody: a
// marker keeps it from being started, until a rewind or a clone succeeds.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sayBytes, sayDuration } from '@petrov/core/assessment';
import { type Lsn, lsnDistanceBytes } from '@petrov/core/cluster';
import type { MemberFacts } from '@petrov/core/wire';
import { handOverConfiguration, putBackConfiguration } from '../postgres/configuration.ts';
import { readControlData } from '../postgres/control-data.ts';
import { readDownFacts } from '../postgres/down-facts.ts';
import { listProcesses } from '../postgres/processes.ts';
import { isProgramRunning } from '../postgres/programs.ts';
import { findWalEnd } from '../postgres/timelines.ts';
import { readLastLsn } from '../postgres/wal.ts';
import { type Aside, putAside } from '../rejoin/aside.ts';
import { isCleanlyDown, recoverCrashed } from '../rejoin/crash-recovery.ts';
import { fenceHere, keepAsStandby } from '../rejoin/leave-down.ts';
import { rehearseRewind, runRewind, sayRewinding } from '../rejoin/pg-rewind.ts';
import { findRebuilt, noteRebuilt } from '../rejoin/rebuilt.ts';
import { checkSource, findFork, findSource, sayNoLogin, type Source, waitForSource } from '../rejoin/source.ts';
import { findOutOfRecovery, stopStandby } from '../rejoin/stop-standby.ts';
import type { Unfinished } from '../state/agent-state.ts';
import { ambiguous, done, type Given, leftMs, type Outcome, refused, type Verb } from '../verb.ts';

const ANSWER_MS = 1_000;
const WAL_MS = 20_000;
/** Killed at its deadline it leaves half of each: with less time than this it isn't begun. */
const LEAST_MS = 3_000;
type Asked = Given<'rewind'>;
type Rewinding = Extract<Unfinished, { verb: 'rewind' }>;

export const rewind: Verb<'rewind'> = {
  verb: 'rewind',
  async act(given) {
    const { host, command } = given;
    const { config, state } = host;
    const { member, dataDirectory } = config;
    const source = findSource(config, command.args);
    if (source === undefined) return refused(sayNoLogin(member));
    if (isProgramRunning('pg_rewind', dataDirectory)) return refused(sayRewinding(member));
    const unfinished = state.unfinished();
    if (unfinished?.verb === 'clone') return refused(`${member} holds a clone that ended half-way: clone it again.`);
    if (unfinished && (await isRewound(given, unfinished))) return finish(given, unfinished);
    const within = () => leftMs(given, command.ttlMs - ANSWER_MS);
    if (!unfinished && existsSync(join(dataDirectory, 'backup_label'))) {
      const says = `${member} holds a copy of another member that was never started: start it as a standby.`;
      return (await findRebuilt(given, source, within)) ?? refused(says);
    }
    const wrong = await findOutOfRecovery(given);
    if (wrong) return wrong;
    const { timeline } = command.args;
    const ready = await waitForSource(config, source, { timeline, leftMs: within });
    if (!ready.ok) return refused(`${member} can't be rewound from ${source.upstream}: ${ready.why}.`);
    const wasRunning = listProcesses(dataDirectory).length > 0;
    const notDown = await stopStandby(given);
    if (notDown) return notDown;
    fenceHere(given, wasRunning);
    const end = await readEnd(given);
    if (!(await isCleanlyDown(given)) && (await isWithin(given, source, { end, timeline })))
      return leaveAsItIs(given, source);
    return (await recoverCrashed(given)) ?? rewindFrom(given, source, { end, unfinished });
  },
};

async function rewindFrom(
  given: Asked,
  source: Source,
  known: { end: Lsn | undefined; unfinished: Rewinding | undefined },
): Promise<Outcome> {
  const { host, command } = given;
  const { config, state } = host;
  const { member } = config;
  const within = () => leftMs(given, command.ttlMs - ANSWER_MS);
  const rehearsed = await rehearseRewind(config, source, within());
  if (rehearsed.is === 'impossible') {
    return refused(`${member} can't be rewound from ${source.upstream}: ${rehearsed.why}. Its data is as it was.`);
  }
  if (rehearsed.is === 'not-needed') return leaveAsItIs(given, source);
  const { divergedFrom } = rehearsed;
  const { end, unfinished } = known;
  const kept = await keep(given, divergedFrom, { end, unfinished });
  if (!kept.ok) return refused(`${member} wasn't rewound: ${kept.why}.`);
  if (within() < LEAST_MS)
    return refused(`${member} wasn't rewound: only ${sayDuration(within())} were left for it. Its data is as it was.`);
  const { savedTo, savedBytes } = kept;
  const divergedBytes =
    unfinished?.divergedBytes ?? (end === undefined ? undefined : Math.max(0, lsnDistanceBytes(divergedFrom, end)));
  const marker: Rewinding = {
    verb: 'rewind',
    stage: 'rewinding',
    savedTo,
    savedBytes,
    divergedFrom,
    ...(divergedBytes === undefined ? {} : { divergedBytes }),
  };
  const still = await checkSource(config, source, { timeline: command.args.timeline, leftMs: within });
  if (!still.ok) return refused(`${member} wasn't rewound: ${still.why}. Its data is as it was.`);
  state.keepUnfinished(marker);
  handOverConfiguration(config.dataDirectory);
  host.log.info({ member, divergedFrom, divergedBytes, savedTo }, 'rewinding');
  const failed = await runRewind(config, source, { withinMs: within(), progress: host.progress });
  if (failed !== undefined) {
    const says = `The rewind of ${member} ended half-way: ${failed}. It can't be started; rewind or clone it again.`;
    return ambiguous(says, { ...(await readDownFacts(host)), ...factsOf(marker) });
  }
  const rewound = { ...marker, stage: 'rewound' } as const;
  state.keepUnfinished(rewound);
  return finish(given, rewound);
}

/** What an earlier try has put aside is the original: the directory may hold another member's files by now. */
async function keep(
  { host: { config, clock } }: Asked,
  from: Lsn,
  { end, unfinished }: { end: Lsn | undefined; unfinished: Rewinding | undefined },
): Promise<Aside> {
  if (unfinished?.savedTo !== undefined)
    return { ok: true, savedTo: unfinished.savedTo, savedBytes: unfinished.savedBytes ?? 0 };
  const { segmentBytes } = await readControlData(config.binDirectory, config.dataDirectory);
  const name = `rewind-${new Date(clock.nowMs()).toISOString().replace(/[:.]/g, '-')}`;
  return putAside(config, name, { from, end, segmentBytes });
}

async function finish(given: Asked, marker: Rewinding): Promise<Outcome> {
  const { host, command } = given;
  const { member, dataDirectory } = host.config;
  if (marker.savedTo !== undefined) putBackConfiguration(join(marker.savedTo, 'configuration'), dataDirectory);
  noteRebuilt(given, factsOf(marker));
  await keepAsStandby(given);
  const lost = marker.divergedBytes === undefined ? 'an unknown amount' : sayBytes(marker.divergedBytes);
  return done(
    `${member} was rewound to ${command.args.upstream}: ${lost} of WAL from ${marker.divergedFrom} on were never replicated and lie in ${marker.savedTo}. It is fenced and down.`,
    { ...(await readDownFacts(host)), ...factsOf(marker) },
  );
}

/** Nothing that it has is unknown to the source. */
async function leaveAsItIs(given: Asked, source: Source): Promise<Outcome> {
  const { host } = given;
  await keepAsStandby(given);
  const facts = { ...(await readDownFacts(host)), divergedBytes: 0 };
  return done(
    `${host.config.member} needs no rewind: ${source.upstream} has all its WAL. It is fenced and down.`,
    facts,
  );
}

/** pg_rewind writes the control file last; what it writes is no state in which a rewind can begin. */
async function isRewound({ host: { config } }: Asked, { stage }: Rewinding): Promise<boolean> {
  if (stage !== 'rewinding') return stage === 'rewound';
  const { state } = await readControlData(config.binDirectory, config.dataDirectory);
  return state === 'in archive recovery' && existsSync(join(config.dataDirectory, 'backup_label'));
}

/** Before anything is written here: a crash recovery adds WAL of its own. */
async function readEnd(given: Asked): Promise<Lsn | undefined> {
  const { config } = given.host;
  const control = await readControlData(config.binDirectory, config.dataDirectory);
  const withinMs = Math.max(1, Math.min(WAL_MS, leftMs(given, given.command.ttlMs - ANSWER_MS)));
  return readLastLsn(config, control, { withinMs });
}

/** A crashed primary that had sent all that it wrote has nothing to take back; its own recovery would make it diverge. */
async function isWithin(
  given: Asked,
  source: Source,
  { end, timeline }: { end: Lsn | undefined; timeline: number },
): Promise<boolean> {
  const { config } = given.host;
  const { binDirectory, dataDirectory } = config;
  const { timeline: own } = findWalEnd(dataDirectory, await readControlData(binDirectory, dataDirectory));
  const withinMs = leftMs(given, given.command.ttlMs - ANSWER_MS);
  const fork = await findFork(config, source, { source: timeline, own, withinMs });
  return end !== undefined && fork !== undefined && lsnDistanceBytes(end, fork) >= 0;
}

function factsOf({ divergedFrom, divergedBytes, savedTo, savedBytes }: Rewinding): MemberFacts {
  return {
    ...(divergedFrom === undefined ? {} : { divergedFrom }),
    ...(divergedBytes === undefined ? {} : { divergedBytes }),
    ...(savedTo === undefined ? {} : { savedTo }),
    ...(savedBytes === undefined ? {} : { savedBytes }),
  };
}
