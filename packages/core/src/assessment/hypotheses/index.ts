// All hypotheses, in the order in which they are asked: what forbids an act before what calls for one, what is certain
// before what is likely. The first that holds is the verdict; the last always holds.
import type { Hypothesis } from '../weighing.ts';
import { commonCause } from './common-cause.ts';
import { declared } from './declared.ts';
import { healthy } from './healthy.ts';
import { inconclusive } from './inconclusive.ts';
import { monitoringBlind } from './monitoring-blind.ts';
import { primaryDegraded } from './primary-degraded.ts';
import { primaryDown } from './primary-down.ts';
import { primaryHung } from './primary-hung.ts';
import { primaryIsolated } from './primary-isolated.ts';
import { primaryStarting } from './primary-starting.ts';
import { replicationBroken } from './replication-broken.ts';
import { splitBrain } from './split-brain.ts';
import { witnessSuspect } from './witness-suspect.ts';

export const hypotheses: readonly Hypothesis[] = [
  splitBrain,
  declared,
  primaryStarting,
  primaryHung,
  primaryIsolated,
  primaryDown,
  commonCause,
  monitoringBlind,
  primaryDegraded,
  witnessSuspect,
  replicationBroken,
  healthy,
  inconclusive,
];
