// fence: no write is acknowledged here any more, and no start of this Postgres, by whomever, is writable. First every
// process ends, then standby.signal and the fence file are on disk, then the proof is told. For a switchover the stop is a
// clean one and nothing else: no process is killed, and what doesn't stop in time isn't fenced.
import type { MemberFacts } from '@petrov/core/wire';
import { readControlData } from '../postgres/control-data.ts';
import { hasStandbySignal, readDownFacts, standbySignalPath } from '../postgres/down-facts.ts';
import { listProcesses, readPidFile, type ServerProcess } from '../postgres/processes.ts';
import { FENCE_PATIENCE, stopAll, stopFast } from '../postgres/stop.ts';
import { newestTimeline } from '../postgres/timelines.ts';
import { writeForServer } from '../state/durable.ts';
import { ambiguous, done, type Given, type Host, leftMs, type Outcome, refused, type Verb } from '../verb.ts';
import { lookAround } from './look.ts';

const ANSWER_MS = 500;
/** To read all WAL since the last checkpoint: what it had written is part of the proof. */
const WAL_MS = 2_000;
type Stop = () => Promise<readonly ServerProcess[]>;

export const fence: Verb<'fence'> = {
  verb: 'fence',
  act: (given) => (given.command.args.mode === 'clean' ? fenceCleanly(given) : fenceAnyway(given)),
};

async function fenceAnyway(given: Given<'fence'>): Promise<Outcome> {
  const { host } = given;
  const { dataDirectory, member } = host.config;
  const wasRunning = listProcesses(dataDirectory).length > 0;
  const pidFile = readPidFile(dataDirectory);
  const left = await stopAll(dataDirectory, FENCE_PATIENCE);
  shut(given, wasRunning);
  // One that began to start in between has read no standby.signal: it ends too.
  const late = left.length > 0 ? left : await stopAll(dataDirectory, { fastMs: 0, immediateMs: 0, killMs: 1_000 });
  const [facts] = await Promise.all([
    readDownFacts(host, pidFile, { withinMs: walMs(given), after: given.command.args.after }),
    keepStanding(given),
  ]);
  return findUnproven(host, late, facts) ?? done(sayFenced(member), facts);
}

async function fenceCleanly(given: Given<'fence'>): Promise<Outcome> {
  const { host, command } = given;
  const { dataDirectory, member } = host.config;
  const wrong = await whyNotClean(host);
  if (wrong) return wrong;
  const pidFile = readPidFile(dataDirectory);
  const stop: Stop = () => stopFast(dataDirectory, leftMs(given, command.ttlMs - ANSWER_MS));
  host.state.keepStopping({ proposal: command.args.proposal });
  const left = await stop();
  if (left.length > 0) {
    const says = `${member} was told to stop fast and hasn't in time: ${left.length} processes are left. It isn't fenced, and goes on stopping.`;
    return ambiguous(says, await readDownFacts(host, pidFile));
  }
  shut(given, true);
  host.state.dropStopping(); // the fence file says it now
  const late = await stop(); // one that began to start in between
  const [facts] = await Promise.all([
    readDownFacts(host, pidFile, { withinMs: walMs(given), after: given.command.args.after }),
    keepStanding(given),
  ]);
  const unproven = findUnproven(host, late, facts);
  if (unproven) return unproven;
  if (facts.controlState !== 'shut down' || facts.lsn === undefined)
    return ambiguous(`${member} is fenced and wasn't stopped cleanly: its state is "${facts.controlState}".`, facts);
  return done(`${sayFenced(member)} It was stopped cleanly at ${facts.lsn}.`, facts);
}

async function whyNotClean(host: Host): Promise<Outcome | undefined> {
  const { dataDirectory, member } = host.config;
  const { facts } = await lookAround(host);
  if (facts?.inRecovery === true) return refused(`${member} is in recovery: there is no primary to stop here.`, facts);
  if (listProcesses(dataDirectory).length > 0 || facts?.controlState === 'shut down') return undefined;
  return refused(`${member} is down and wasn't stopped cleanly: its state is "${facts?.controlState}".`, facts);
}

/** From here on it's fenced. */
function shut({ host, command }: Given<'fence'>, wasRunning: boolean): void {
  const { config, state } = host;
  const { dataDirectory } = config;
  const earlier = state.fence();
  const hadStandbySignal = earlier?.hadStandbySignal ?? hasStandbySignal(dataDirectory);
  writeStandbySignal(dataDirectory);
  state.keepFence({
    proposal: command.args.proposal,
    epoch: command.epoch,
    hadStandbySignal,
    wasRunning: earlier?.wasRunning ?? wasRunning,
  });
}

/** The proof without it is worth more than none: it never takes the time of the answer. */
function walMs(given: Given<'fence'>): number {
  return Math.max(1, Math.min(WAL_MS, leftMs(given, given.command.ttlMs - ANSWER_MS)));
}

async function keepStanding({ host, command }: Given<'fence'>): Promise<void> {
  const { dataDirectory, binDirectory } = host.config;
  const timeline = newestTimeline(dataDirectory, await readControlData(binDirectory, dataDirectory));
  host.state.keepStanding({ epoch: command.epoch, timeline });
}

function findUnproven(host: Host, left: readonly ServerProcess[], facts: MemberFacts): Outcome | undefined {
  const { member } = host.config;
  if (left.length > 0) {
    const states = left.map((one) => `${one.pid} (${one.state})`).join(', ');
    return ambiguous(
      `Not proven on ${member}: processes can't be ended: ${states}. Another way to fence it remains, or none ("unfenced"), which takes two people.`,
      facts,
    );
  }
  if (facts.sharedMemoryAttached)
    return ambiguous(`Not proven on ${member}: its shared memory is still attached.`, facts);
  return undefined;
}

function sayFenced(member: string): string {
  return `${member} is fenced: no process is left, and any start of it is read-only.`;
}

/** The server removes it when it's promoted one day. */
export function writeStandbySignal(dataDirectory: string): void {
  writeForServer(standbySignalPath(dataDirectory), '');
}
