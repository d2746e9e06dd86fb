// Which controller is meant: the socket or address given, else the one that runs from this checkout.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ControllerRecord } from '@petrov/core/wire';
import type { CliSettings, GlobalOptions } from '../cli.ts';
import { badInput, CliError } from '../errors.ts';
import { type Client, makeClient } from './client.ts';

export async function connect(settings: CliSettings, options: GlobalOptions): Promise<Client> {
  if (options.url !== undefined && options.socket !== undefined) throw badInput('Give --url or --socket, not both.');
  if (options.url !== undefined) return makeClient({ url: options.url, headers: webHeaders(options.url, settings) });
  const socketPath = options.socket ?? (await findRunning(options.data)).adminSocket;
  const user = settings.sudoUser ?? settings.osUser;
  return makeClient({ socketPath, url: 'http://localhost', headers: { 'x-petrov-user': user } });
}

/** The cookie's name is the controller's: see its sign-in. */
function webHeaders(given: string, settings: CliSettings): Record<string, string> {
  if (!URL.canParse(given)) throw badInput(`--url "${given}" is not an address: write it like http://localhost:8833.`);
  const url = new URL(given);
  const name = url.protocol === 'https:' ? '__Host-petrov' : `petrov-${url.port || '80'}`;
  const cookie = settings.session === undefined ? {} : { cookie: `${name}=${settings.session}` };
  return { origin: url.origin, ...cookie };
}

async function findRunning(folder: string): Promise<ControllerRecord> {
  const file = path.join(folder, 'controller.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new CliError(
      `No controller runs from here (there is no ${file}). Start one with "petrov up", or say where it is with --socket or --url.`,
    );
  }
  const record = ControllerRecord.safeParse(readJson(text));
  if (!record.success) throw new CliError(`${file} can't be read: remove it and start the controller again.`);
  if (!isAlive(record.data.pid)) {
    throw new CliError(
      `The controller that ran from here (process ${record.data.pid}) is gone without a goodbye. Nothing is watched now. Start it with "petrov up".`,
    );
  }
  return record.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // told by the caller with the file's name
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
