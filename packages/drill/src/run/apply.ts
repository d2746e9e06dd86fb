// Breaks what a scenario names: a fault of the site or a disturbance, with the parts of its arguments given to members.
import type { FaultStamp } from '@petrov/sandbox';
import { monotonicMs } from '@petrov/sandbox';
import { type Disturbance, DISTURBANCES, type Stage } from '../disturbance/index.ts';
import { applyFault } from '../rig/control.ts';
import type { PlannedFault, Scenario } from '../scenario/index.ts';

/** Who has which part of the drill. */
export type Cast = { readonly primary: string; readonly candidate: string; readonly other: string };

export async function applyPlanned(stage: Stage, cast: Cast, planned: PlannedFault): Promise<FaultStamp> {
  const args = planned.args.map((arg) => castOf(cast, arg));
  const disturbances: readonly Disturbance[] = DISTURBANCES;
  const disturbance = disturbances.find(({ name }) => name === planned.name);
  if (disturbance === undefined) return await applyFault(stage.rig.parts.site, planned.name, args);
  const stamp = { atMs: Date.now(), monotonicMs: monotonicMs() };
  await disturbance.apply(stage, args);
  return stamp;
}

/** One after the other. */
export async function applyAll(stage: Stage, cast: Cast, faults: readonly PlannedFault[]): Promise<void> {
  for (const planned of faults) await applyPlanned(stage, cast, planned);
}

export function castOf(cast: Cast, part: string): string {
  const parts: Readonly<Record<string, string>> = {
    '@primary': cast.primary,
    '@candidate': cast.candidate,
    '@other': cast.other,
  };
  return parts[part] ?? part;
}

/** The parts as they are before there's a plan, or by the plan's candidate. */
export function castFor(primary: string, standbys: readonly string[], candidate = standbys.toSorted()[0] ?? ''): Cast {
  return { primary, candidate, other: standbys.find((id) => id !== candidate) ?? '' };
}

export function asideOf({ aside = [] }: Scenario, cast: Cast): readonly string[] {
  return aside.map((part) => castOf(cast, part));
}

export function sayPlanned({ name, args }: PlannedFault, cast: Cast): string {
  return [name, ...args.map((arg) => castOf(cast, arg))].join(' ');
}
