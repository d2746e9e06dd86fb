// All scenarios that can be played on real servers.
import { DrillError } from '../errors.ts';
import { aloneGivenUp } from './alone-given-up.ts';
import { approvalExpired } from './approval-expired.ts';
import { candidateDies } from './candidate-dies.ts';
import { candidateDiesPromoting } from './candidate-dies-promoting.ts';
import { candidateHostGone } from './candidate-host-gone.ts';
import { divergedStandby } from './diverged-standby.ts';
import { doubleFailure } from './double-failure.ts';
import { executorSleeps } from './executor-sleeps.ts';
import { fencedRestarted } from './fenced-restarted.ts';
import { frozen } from './frozen.ts';
import { frozenThenThawed } from './frozen-then-thawed.ts';
import { hostFrozenThenThawed } from './host-frozen-then-thawed.ts';
import { hostGone } from './host-gone.ts';
import { hostGoneBusy } from './host-gone-busy.ts';
import { hostGoneGivenUp } from './host-gone-given-up.ts';
import { isolatedAndFenced } from './isolated-and-fenced.ts';
import { isolatedThenHealed } from './isolated-then-healed.ts';
import { laggingStandby } from './lagging-standby.ts';
import { monitoringCut } from './monitoring-cut.ts';
import { nothingFences } from './nothing-fences.ts';
import { primaryBack } from './primary-back.ts';
import { primaryForcedBack } from './primary-forced-back.ts';
import { primaryKilled } from './primary-killed.ts';
import { promoteLate } from './promote-late.ts';
import { redisFlushed } from './redis-flushed.ts';
import { redisGone } from './redis-gone.ts';
import { redisGoneAtDecision } from './redis-gone-at-decision.ts';
import { replayBlocked } from './replay-blocked.ts';
import { replayBlockedGivenUp } from './replay-blocked-given-up.ts';
import { restart } from './restart.ts';
import type { Scenario } from './scenario.ts';
import { stalePrimaryForced } from './stale-primary-forced.ts';
import { stalePrimaryReturns } from './stale-primary-returns.ts';
import { standbyAhead } from './standby-ahead.ts';
import { storeRestarted } from './store-restarted.ts';
import { takenOverByHand } from './taken-over-by-hand.ts';
import { twoExecutors } from './two-executors.ts';

export type { Ending, Held, PlannedFault, Question, Scenario, Sequel, StuckAnswer } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [
  primaryKilled,
  monitoringCut,
  restart,
  frozen,
  hostGone,
  hostGoneBusy,
  nothingFences,
  frozenThenThawed,
  hostFrozenThenThawed,
  isolatedThenHealed,
  isolatedAndFenced,
  laggingStandby,
  standbyAhead,
  divergedStandby,
  doubleFailure,
  candidateDies,
  candidateDiesPromoting,
  candidateHostGone,
  hostGoneGivenUp,
  takenOverByHand,
  fencedRestarted,
  stalePrimaryReturns,
  stalePrimaryForced,
  primaryBack,
  primaryForcedBack,
  approvalExpired,
  promoteLate,
  replayBlocked,
  replayBlockedGivenUp,
  aloneGivenUp,
  redisFlushed,
  redisGone,
  redisGoneAtDecision,
  storeRestarted,
  twoExecutors,
  executorSleeps,
];

export function getScenario(id: string): Scenario {
  const scenario = SCENARIOS.find((one) => one.id === id);
  if (scenario !== undefined) return scenario;
  const names = SCENARIOS.map((one) => one.id).join(', ');
  throw new DrillError('no-such-scenario', `there is no scenario "${id}"; there are ${names}`);
}
