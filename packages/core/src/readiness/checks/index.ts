// Every check, in the order in which they are shown: one file and one line each.
import type { Check } from '../check.ts';
import { agentVerbs } from './agent-verbs.ts';
import { archive } from './archive.ts';
import { candidate } from './candidate.ts';
import { fence } from './fence.ts';
import { heartbeats } from './heartbeats.ts';
import { idleSlots } from './idle-slots.ts';
import { logicalSlots } from './logical-slots.ts';
import { logins } from './logins.ts';
import { physicalSlots } from './physical-slots.ts';
import { preparedTransactions } from './prepared-transactions.ts';
import { primaryConninfo } from './primary-conninfo.ts';
import { replayBlockers } from './replay-blockers.ts';
import { rewind } from './rewind.ts';
import { standbySettings } from './standby-settings.ts';
import { startGate } from './start-gate.ts';
import { syncNames } from './sync-names.ts';
import { syncNow } from './sync-now.ts';
import { unloggedTables } from './unlogged-tables.ts';

export const CHECKS: readonly Check[] = [
  candidate,
  fence,
  startGate,
  agentVerbs,
  replayBlockers,
  standbySettings,
  syncNames,
  syncNow,
  physicalSlots,
  primaryConninfo,
  logins,
  rewind,
  logicalSlots,
  idleSlots,
  unloggedTables,
  preparedTransactions,
  archive,
  heartbeats,
];
