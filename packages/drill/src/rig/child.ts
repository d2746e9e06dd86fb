// Programs of a rig, inside hosts and outside: started with a log of their own, watched, and stopped in order. One that
// ends without being asked to is reported with the last lines of its log.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { HostExit, HostProcess } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';

export type Child = {
  readonly name: string;
  readonly logFile: string;
  readonly pid: number;
  readonly exited: Promise<HostExit>;
  /** Not reported as unexpected any more. */
  readonly expectEnd: () => void;
  readonly kill: (signal: NodeJS.Signals) => boolean;
  readonly stop: (graceMs?: number) => Promise<HostExit>;
};

export type ChildDied = { readonly name: string; readonly says: string };

type Started = Pick<HostProcess, 'pid' | 'exited' | 'kill' | 'stop'>;

export function watchChild(
  named: { readonly name: string; readonly logFile: string },
  started: Started,
  onDied: (died: ChildDied) => void,
): Child {
  let isExpected = false;
  const expectEnd = (): void => {
    isExpected = true;
  };
  void started.exited.then(
    async (exit) => {
      if (!isExpected) onDied({ name: named.name, says: await describeEnd(named, exit) });
    },
    (error: Error) => onDied({ name: named.name, says: `${named.name} could not be started: ${error.message}` }),
  );
  return {
    ...named,
    pid: started.pid,
    exited: started.exited,
    expectEnd,
    kill: (signal) => started.kill(signal),
    stop: (graceMs) => {
      expectEnd();
      return started.stop(graceMs);
    },
  };
}

/** Outside of all hosts. It gets SIGTERM when this process dies, so that it doesn't outlive it. */
export function spawnOutside(
  argv: readonly string[],
  options: { readonly logFile: string; readonly env?: Readonly<Record<string, string>> },
): Started {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', ...argv], {
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...options.env },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let exit: HostExit | undefined;
  const { promise: exited, resolve, reject } = Promise.withResolvers<HostExit>();
  child.once('error', reject);
  child.once('exit', (code, signal) => resolve((exit = { code, signal })));
  exited.catch(() => undefined); // told to whoever watches it
  const { pid } = child;
  if (pid === undefined) throw new DrillError('cannot-run', 'setpriv (of util-linux) is needed and cannot be run');
  const kill = (signal: NodeJS.Signals = 'SIGTERM'): boolean => exit === undefined && child.kill(signal);
  const stop = async (graceMs = 5_000): Promise<HostExit> => {
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), graceMs);
    try {
      return await exited;
    } finally {
      clearTimeout(timer);
    }
  };
  return { pid, exited, kill, stop };
}

export async function lastLines(file: string, count = 6): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => ''); // it never wrote one
  return text.trim().split('\n').slice(-count).join('\n');
}

async function describeEnd(of: { readonly name: string; readonly logFile: string }, exit: HostExit): Promise<string> {
  const how = exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
  const said = await lastLines(of.logFile);
  return `${of.name} ended unexpectedly (${how}). Its log, ${of.logFile}, ends with:\n${said || '(nothing)'}`;
}
