// All scenarios that can be played on real servers.
import { DrillError } from '../errors.ts';
import { frozen } from './frozen.ts';
import { hostGone } from './host-gone.ts';
import { monitoringCut } from './monitoring-cut.ts';
import { primaryKilled } from './primary-killed.ts';
import { restart } from './restart.ts';
import type { Scenario } from './scenario.ts';

export type { PlannedFault, Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [primaryKilled, monitoringCut, restart, frozen, hostGone];

export function getScenario(id: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.id === id);
  if (scenario !== undefined) return scenario;
  const names = SCENARIOS.map((one) => one.id).join(', ');
  throw new DrillError('no-such-scenario', `there is no scenario "${id}"; there are ${names}`);
}
