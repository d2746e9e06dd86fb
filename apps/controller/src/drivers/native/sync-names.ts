// For whom commits at the candidate wait: for nobody when none is left that follows (else every commit would hang), and as it
// was when the run is given up.
import type { SyncNames } from '@petrov/core/wire';
import { type Answered, commandOf, type DriverDeps, fromAgent, type Perform, refused } from '../driver.ts';

export function prepare(deps: DriverDeps, perform: Perform): Promise<Answered> {
  return set(deps, perform, { method: 'none' });
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

async function set(deps: DriverDeps, perform: Perform, names: SyncNames): Promise<Answered> {
  const { step } = perform;
  const asked = deps.desk.command(commandOf(perform, { verb: 'sync-names', args: names }), step.deadlineMs);
  deps.onActing(step.id);
  return fromAgent(step.member, await asked);
}
