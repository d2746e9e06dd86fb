// Starts the controller for clusters of one's own and stays until Ctrl-C: no sandbox, no demo operator.
import { join } from 'node:path';
import { type Guard, startGuard } from '@petrov/drill';
import type { Cli } from '../cli.ts';
import { badInput, CliError } from '../errors.ts';
import { appPaths } from './app-paths.ts';
import { type StopSignals, watchStopSignals } from './stop-signals.ts';
import { createUpTeller, type UpTeller } from './tell.ts';

export async function guardClusters(cli: Cli, configFile: string): Promise<void> {
  const tell = createUpTeller(cli);
  const stop = watchStopSignals(cli.note);
  try {
    const guard = await start(cli, configFile, { tell, stop });
    if (guard === undefined) return;
    tell.ready({ url: guard.url, signIn: await signIn(guard, tell), hasSandbox: false });
    const ended = await Promise.race([stop.asked, guard.controller.child.exited.then(() => 'ended' as const)]);
    const left = await guard.stop();
    if (left.length > 0) throw new CliError(`not everything could be ended: ${left.join('; ')}.`);
    if (ended === 'ended')
      throw new CliError('The controller ended by itself: nothing is watched now. Its log says why.');
    tell.note('Petrov has stopped: nothing is watched now. The guarded clusters were not touched; the record stays.');
  } finally {
    stop.dispose();
  }
}

async function start(
  cli: Cli,
  configFile: string,
  { tell, stop }: { readonly tell: UpTeller; readonly stop: StopSignals },
): Promise<Guard | undefined> {
  const { settings } = cli;
  const { data } = cli.options();
  try {
    return await startGuard({
      configFile,
      root: data,
      controllerMain: appPaths(settings.root).controller,
      recordFile: join(data, 'controller.json'),
      env: settings.processEnv ?? {},
      onProgress: ({ phase, says, atMs }) => tell.phase(phase, says, atMs),
      onProblem: tell.problem,
      signal: stop.signal,
    });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    if (!(error instanceof Error)) throw error;
    const isInput = 'code' in error && error.code === 'config-invalid';
    throw isInput ? badInput(error.message) : new CliError(error.message, 1, { cause: error });
  }
}

/** Nobody may be known yet: then the first person is added at the terminal. */
async function signIn(guard: Guard, tell: UpTeller): Promise<string> {
  try {
    return (await guard.controller.signIn()).url;
  } catch (error) {
    tell.note(error instanceof Error ? error.message : String(error));
    return '';
  }
}
