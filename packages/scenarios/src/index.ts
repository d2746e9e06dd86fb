// All scenarios. One file each; a test holds this list and the folder together.
import { clone } from './clone.ts';
import { cloneBreaksOff } from './clone-breaks-off.ts';
import { comesBackAfterProposal } from './comes-back-after-proposal.ts';
import { controllerRestartsAtEachJournalPoint } from './controller-restarts-at-each-journal-point.ts';
import { frozen } from './frozen.ts';
import { givenUp } from './given-up.ts';
import { monitoringCut } from './monitoring-cut.ts';
import { primaryKilled } from './primary-killed.ts';
import { primaryChangedDuringRejoin } from './primary-changed-during-rejoin.ts';
import { primaryChangedDuringStart } from './primary-changed-during-start.ts';
import { primaryDiesDuringRejoin } from './primary-dies-during-rejoin.ts';
import { redisGone } from './redis-gone.ts';
import { restart } from './restart.ts';
import { rewindRefused } from './rewind-refused.ts';
import { candidateHostGone } from './candidate-host-gone.ts';
import { hostGoneGivenUp } from './host-gone-given-up.ts';
import { takenOverByHand } from './taken-over-by-hand.ts';
import type { Scenario } from './scenario.ts';
import { splitBrainThenRejoin } from './split-brain-then-rejoin.ts';
import { switchover } from './switchover.ts';
import { twoPeople } from './two-people.ts';

export type { Death, Happening, Scenario } from './scenario.ts';

export const scenarios: readonly Scenario[] = [
  primaryKilled,
  monitoringCut,
  restart,
  frozen,
  comesBackAfterProposal,
  redisGone,
  primaryDiesDuringRejoin,
  rewindRefused,
  cloneBreaksOff,
  primaryChangedDuringRejoin,
  primaryChangedDuringStart,
  controllerRestartsAtEachJournalPoint,
  switchover,
  hostGoneGivenUp,
  candidateHostGone,
  takenOverByHand,
  clone,
  givenUp,
  twoPeople,
  splitBrainThenRejoin,
];
