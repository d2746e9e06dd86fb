// All scenarios that can be played on real servers.
import { DrillError } from '../errors.ts';
import { fencedRestarted } from './fenced-restarted.ts';
import { frozen } from './frozen.ts';
import { hostGone } from './host-gone.ts';
import { monitoringCut } from './monitoring-cut.ts';
import { primaryKilled } from './primary-killed.ts';
import { restart } from './restart.ts';
import type { Scenario } from './scenario.ts';
import { stalePrimaryForced } from './stale-primary-forced.ts';
import { stalePrimaryReturns } from './stale-primary-returns.ts';

export type { Ending, Held, PlannedFault, Scenario, Sequel } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [
  primaryKilled,
  monitoringCut,
  restart,
  frozen,
  hostGone,
  fencedRestarted,
  stalePrimaryReturns,
  stalePrimaryForced,
];

export function getScenario(id: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.id === id);
  if (scenario !== undefined) return scenario;
  const names = SCENARIOS.map((one) => one.id).join(', ');
  throw new DrillError('no-such-scenario', `there is no scenario "${id}"; there are ${names}`);
}
