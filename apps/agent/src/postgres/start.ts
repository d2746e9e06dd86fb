// Starts this host's Postgres by its own start command, detached, and waits until it answers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AgentConfig } from '@petrov/core/wire';
import { explain } from '../verb.ts';
import { askLocally } from './local-server.ts';
import { isDone } from './stop.ts';

/** Undefined when it answers; else why it doesn't. */
export async function startServer(config: AgentConfig, withinMs: number): Promise<string | undefined> {
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
  const answers = await isDone(async () => failed !== undefined || (await isAnswering()), withinMs, 25);
  child.stderr.destroy();
  child.unref();
  if (failed !== undefined) return failed;
  return answers ? undefined : `it doesn't answer within ${Math.round(withinMs)} ms: ${last}`;

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
