// For how many standbys commits at the candidate wait: for no more than will follow (else every commit would hang), and as it
// was when the run is given up.
import type { SyncChange } from '@petrov/core/wire';
import { type Answered, commandOf, type DriverDeps, fromAgent, type Perform, refused } from '../driver.ts';

export function prepare(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { waitFor = 0 } = perform.step;
  return set(deps, perform, waitFor === 0 ? { method: 'none' } : { method: 'lower', number: waitFor });
}

export async function restoreSync(deps: DriverDeps, perform: Perform): Promise<Answered> {
  const { run, step } = perform;
  const prepared = run.journal.findLast((event) => event.type === 'done' && event.step === 'prepare');
  const before = prepared?.type === 'done' ? prepared.facts[step.member]?.syncNamesBefore : undefined;
  if (before === undefined || typeof before === 'string')
    return refused(
      `For whom commits at ${step.member} waited ${before === undefined ? 'is not known' : `was "${before}"`}: set synchronous_standby_names by hand.`,
    );
  return await set(deps, perform, before);
}

async function set(deps: DriverDeps, perform: Perform, names: SyncChange): Promise<Answered> {
  const { step } = perform;
  const asked = deps.desk.command(commandOf(perform, { verb: 'sync-names', args: names }), step.deadlineMs);
  deps.onActing(step.id);
  return fromAgent(step.member, await asked);
}
