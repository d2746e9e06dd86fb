// The facts of a server that doesn't answer: what of it still runs, and what its control file says.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MemberFacts } from '@petrov/core/wire';
import type { AgentState } from '../state/agent-state.ts';
import type { Host } from '../verb.ts';
import { readControlData } from './control-data.ts';
import { isSharedMemoryAttached, listProcesses, type PidFile, readPidFile } from './processes.ts';
import { type Looking, readLastLsn } from './wal.ts';

/** `pidFile` as it was read before a stop, which removes it; `looking` for the end of its WAL, which takes time. */
export async function readDownFacts(
  { config, state }: Host,
  pidFile?: PidFile,
  looking: Looking | false = {},
): Promise<MemberFacts> {
  const { dataDirectory, binDirectory } = config;
  const left = listProcesses(dataDirectory);
  const control = await readControlData(binDirectory, dataDirectory);
  const lsn = left.length === 0 && looking !== false ? await readLastLsn(config, control, looking) : undefined;
  const segment = (pidFile ?? readPidFile(dataDirectory))?.sharedMemory;
  return {
    postgres: left.length === 0 ? 'absent' : left.some(({ state: letter }) => letter === 'T') ? 'stopped' : 'starting',
    processesLeft: left.length,
    sharedMemoryAttached: isSharedMemoryAttached(segment),
    controlState: control.state,
    timeline: control.timeline,
    systemIdentifier: control.systemIdentifier,
    standbySignal: hasStandbySignal(dataDirectory),
    fenced: state.fence() !== undefined,
    ...unfinishedFact(state),
    ...(lsn === undefined ? {} : { lsn }),
  };
}

export function unfinishedFact(state: AgentState): Pick<MemberFacts, 'unfinished'> {
  const unfinished = state.unfinished();
  return unfinished === undefined ? {} : { unfinished: unfinished.verb };
}

export function standbySignalPath(dataDirectory: string): string {
  return join(dataDirectory, 'standby.signal');
}

export function hasStandbySignal(dataDirectory: string): boolean {
  return existsSync(standbySignalPath(dataDirectory));
}
