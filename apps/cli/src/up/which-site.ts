// The sandbox that a command means: the one given by --site, else the only one that runs.
import { clearRigs } from '@petrov/drill';
import { openSite, SandboxError, type Site } from '@petrov/sandbox';
import { badInput, CliError } from '../errors.ts';

export type SiteChoice = { readonly data: string; readonly site?: string };

export async function openChosenSite({ data, site }: SiteChoice): Promise<Site> {
  return await inWords(() => openSite(data, site));
}

/** What killed runs have left outside their sites; answers where. */
export async function clearLeft(data: string): Promise<readonly string[]> {
  return await inWords(() => clearRigs(data));
}

/** The sandbox's own sentence, with the exit code that fits it. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    if (['no-such-name', 'bad-arguments', 'many-sites'].includes(error.code)) throw badInput(`${error.message}.`);
    throw new CliError(error.message, 1, { cause: error });
  }
}
