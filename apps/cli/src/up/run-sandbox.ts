// Brings the demo up, says how to get in, waits for Ctrl-C, takes all of it down.
import { join } from 'node:path';
import { createRig, type Rig } from '@petrov/drill';
import type { Cli } from '../cli.ts';
import type { UpOptions } from '../commands/up.ts';
import { CliError } from '../errors.ts';
import { appPaths } from './app-paths.ts';
import { type StopSignals, watchStopSignals } from './stop-signals.ts';
import { createUpTeller, type UpTeller } from './tell.ts';

/** The client of the demo leaves room on a small machine; drills write back-to-back. */
const WRITE_PAUSE_MS = 50;

export async function runSandbox(cli: Cli, options: UpOptions): Promise<void> {
  const tell = createUpTeller(cli);
  const stop = watchStopSignals(cli.note);
  try {
    tell.note('Petrov is coming up: a primary and two standbys, three witnesses, agents, a client and the console.');
    const rig = await start(cli, options, { tell, stop });
    if (rig === undefined) {
      tell.note('Stopped before it was up; nothing of it is left.');
      return;
    }
    const { url } = rig.parts;
    if (options.port !== 0 && new URL(url).port !== String(options.port)) {
      tell.note(`Port ${options.port} is taken: the console is on the next free one.`);
    }
    const link = await rig.parts.controller.signIn();
    tell.ready({ url, signIn: link.url, hasSandbox: true });
    await stop.asked;
    tell.note('\nTaking it down …');
    const left = await rig.stop();
    if (left.length > 0)
      throw new CliError(`not everything could be ended: ${left.join('; ')}. Try "petrov sandbox down".`);
    tell.note('All processes, namespaces, mounts and temporary folders of this run are gone. The record stays.');
  } finally {
    stop.dispose();
  }
}

async function start(
  cli: Cli,
  options: UpOptions,
  { tell, stop }: { readonly tell: UpTeller; readonly stop: StopSignals },
): Promise<Rig | undefined> {
  const { settings } = cli;
  const { data } = cli.options();
  try {
    return await createRig({
      root: data,
      appPaths: appPaths(settings.root),
      cluster: 'orders',
      environment: 'sandbox',
      sync: options.sync,
      preset: options.preset,
      port: options.port,
      recordFile: join(data, 'controller.json'),
      writePauseMs: WRITE_PAUSE_MS,
      onProgress: ({ phase, says, atMs }) => tell.phase(phase, says, atMs),
      onProblem: tell.problem,
      signal: stop.signal,
    });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw new CliError(error instanceof Error ? error.message : String(error), 1, { cause: error });
  }
}
