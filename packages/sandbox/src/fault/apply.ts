// Applies a fault and keeps the record true: a lasting fault stands on record before it is applied, with the time right
// before the signal after it, and goes off the record when it could not be applied, was ended by another, or healed.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { SandboxError } from '../errors.ts';
import type { RecordFile } from '../site/record-file.ts';
import type { ActiveFault } from '../site/record.ts';
import { monotonicMs } from '../wait.ts';
import type { FaultStamp } from './fault.ts';
import { FAULTS, getFault } from '../faults/index.ts';

export async function applyFault(
  file: RecordFile,
  name: string,
  input: Readonly<Record<string, unknown>>,
): Promise<FaultStamp> {
  const fault = getFault(name);
  const parsed = fault.parameters.safeParse(input);
  if (!parsed.success) throw new SandboxError('bad-arguments', `fault ${name}: ${z.prettifyError(parsed.error)}`);
  const args = z.record(z.string(), z.unknown()).parse(parsed.data);
  let stamp = now();
  const entry: ActiveFault = { name, args, ...stamp };
  const isThis = (other: ActiveFault): boolean => other.name === name && isDeepStrictEqual(other.args, args);
  const record = await file.update((was) => ({
    ...was,
    activeFaults: fault.isLasting ? [...was.activeFaults.filter((other) => !isThis(other)), entry] : was.activeFaults,
  }));
  try {
    await fault.apply({ record, file, stamp: () => (stamp = now()) }, args);
  } catch (error) {
    await file.update((was) => ({ ...was, activeFaults: was.activeFaults.filter((other) => !isThis(other)) }));
    throw error;
  }
  await file.update((was) => ({
    ...was,
    activeFaults: was.activeFaults
      .filter((other) => !fault.ends(other, args))
      .map((other) => (isThis(other) ? { ...other, ...stamp } : other)),
  }));
  return stamp;
}

/** Undoes every fault; answers what was done, refusals of start gates included. */
export async function healAll(file: RecordFile): Promise<readonly string[]> {
  const said: string[] = [];
  // Read anew for each: a host that was off is another one afterwards.
  for (const fault of FAULTS) said.push(...(await fault.heal(await file.read(), file)));
  await file.update((was) => ({ ...was, activeFaults: [] }));
  return said;
}

/**
 * Arguments from a command line: words in the fault's own order, then `--name value` or `--name` for a switch;
 * `--from`, `--to` and `--both` are short for a direction.
 */
export function readFaultArguments(name: string, words: readonly string[]): Record<string, unknown> {
  const { positional } = getFault(name);
  const args: Record<string, unknown> = {};
  let place = 0;
  for (const word of words) {
    if (!word.startsWith('--')) {
      const key = positional[place++];
      if (key === undefined)
        throw new SandboxError('bad-arguments', `fault ${name} takes ${positional.join(', ')}, not "${word}"`);
      args[key] = word;
    } else if (['--from', '--to', '--both'].includes(word)) {
      args['direction'] = word.slice(2);
    } else {
      const [key = '', value] = word.slice(2).split('=');
      args[key] = value ?? true;
    }
  }
  return args;
}

function now(): FaultStamp {
  return { atMs: Date.now(), monotonicMs: monotonicMs() };
}
