// All faults, in the order in which healing undoes them: networks first, then hosts without power, then what is frozen, then
// what is stopped.
import { SandboxError } from '../errors.ts';
import { cut } from './cut.ts';
import type { Fault } from '../fault/fault.ts';
import { freeze } from './freeze.ts';
import { hostOff } from './host-off.ts';
import { kill } from './kill.ts';
import { restart } from './restart.ts';
import { start } from './start.ts';
import { thaw } from './thaw.ts';

export const FAULTS: readonly Fault[] = [cut, hostOff, freeze, thaw, kill, restart, start];
export type FaultName = 'cut' | 'host-off' | 'freeze' | 'thaw' | 'kill' | 'restart' | 'start';

export function getFault(name: string): Fault {
  const fault = FAULTS.find((candidate) => candidate.name === name);
  if (fault !== undefined) return fault;
  throw new SandboxError(
    'no-such-name',
    `there is no fault "${name}"; there are ${FAULTS.map((f) => f.name).join(', ')}`,
  );
}
