// Every command, in the order of the help: one file and one line each.
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { addAudit } from './audit.ts';
import { addClusters } from './clusters.ts';
import { addDecisions } from './decisions.ts';
import { addDoctor } from './doctor.ts';
import { addPrepare } from './prepare.ts';
import { addDrill } from './drill.ts';
import { addProposals } from './proposals.ts';
import { addReadiness } from './readiness.ts';
import { addReplay } from './replay.ts';
import { addRequests } from './requests.ts';
import { addRuns } from './runs.ts';
import { addSandbox } from './sandbox.ts';
import { addSignInLink } from './sign-in-link.ts';
import { addStatus } from './status.ts';
import { addUp } from './up.ts';
import { addUsers } from './users.ts';
import { addWatch } from './watch.ts';

export const commands: readonly ((program: Command, cli: Cli) => void)[] = [
  addUp,
  addStatus,
  addWatch,
  addClusters,
  addReadiness,
  addProposals,
  addRuns,
  addDecisions,
  addRequests,
  addAudit,
  addReplay,
  addSandbox,
  addDrill,
  addSignInLink,
  addUsers,
  addPrepare,
  addDoctor,
];
