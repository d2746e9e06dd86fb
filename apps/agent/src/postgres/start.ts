// Starts this host's Postgres by its own start command, detached, and waits until it answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sayDuration } from '@petrov/core/assessment';
import type { AgentConfig } from '@petrov/core/wire';
import { explain } from '../verb.ts';
import { askLocally } from './local-server.ts';
import { processState, readPidFile } from './processes.ts';
import { isDone } from './stop.ts';

const GONE_MS = 5_000;

/** Undefined when it answers; else why it doesn't. `isHopeless`: it needn't be waited for any longer. */
export async function startServer(
  config: AgentConfig,
  withinMs: number,
  isHopeless: () => boolean = () => false,
): Promise<string | undefined> {
  await waitUntilReaped(config.dataDirectory);
  const [file = '', ...args] = config.startCommand;
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  let said = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk) => {
    said = `${said}${String(chunk)}`.slice(-500);
  });
  const ended = once(child, 'exit').then(
    ([code]) => (code === 0 ? undefined : `${config.startCommand.join(' ')} ended with ${code}: ${said.trim()}`),
    (error: unknown) => explain(error),
  );
  let failed: string | undefined;
  void ended.then((why) => {
    failed = why;
  });
  let last = '';
  const startedMs = performance.now();
  const isOver = async () => failed !== undefined || (await isAnswering()) || isHopeless();
  await isDone(isOver, withinMs, 25);
  const answers = failed === undefined && (await isAnswering());
  child.stderr.destroy();
  child.unref();
  if (failed !== undefined) return failed;
  return answers ? undefined : `it doesn't answer after ${sayDuration(performance.now() - startedMs)}: ${last}`;

  async function isAnswering(): Promise<boolean> {
    try {
      await askLocally(config, (ask) => ask('SELECT 1'));
      return true;
    } catch (error) {
      last = explain(error);
      return false;
    }
  }
}

/** A killed postmaster stays in the table of processes until its parent takes note: beside it no server starts. */
export async function waitUntilReaped(dataDirectory: string): Promise<void> {
  const pidFile = readPidFile(dataDirectory);
  if (pidFile !== undefined) await isDone(() => processState(pidFile.pid) !== 'Z', GONE_MS, 20);
}
