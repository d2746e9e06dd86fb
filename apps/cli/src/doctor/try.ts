// Runs a program to see whether it works here: bounded, silent, and never through a shell.
import { spawnSync } from 'node:child_process';

const WAIT_MS = 5_000;

/** What it printed when it ended well; undefined when it isn't there, failed or took too long. */
export function tryProgram(command: readonly [string, ...string[]]): string | undefined {
  const [program, ...args] = command;
  const { status, stdout } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: WAIT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}
