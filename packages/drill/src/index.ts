// Drills: a whole Petrov in a sandbox of its own, broken on purpose, and what the servers say afterwards.
export { LOADS, type Load } from './bench/load.ts';
export { comparePeers, type PeersReport } from './bench/peers.ts';
export { measurePromote, type PromoteReport } from './bench/promote.ts';
export { sayPeers, sayPromote } from './bench/text.ts';
export { DrillError } from './errors.ts';
export { ApiRefused, type ApiClient, createApiClient } from './rig/api-client.ts';
export { applyFault } from './rig/control.ts';
export { type Guard, type GuardOptions, startGuard } from './rig/guard.ts';
export { Inbox, type InboxMessage } from './rig/inbox.ts';
export type { AppPaths, Progress, RigOptions } from './rig/options.ts';
export { HEALTH_PORT } from './rig/configs.ts';
export { clearRigs } from './rig/record.ts';
export { createRig, Rig, type RigParts } from './rig/rig.ts';
export { type DrillOptions, runDrill } from './run/drill.ts';
export { answer, OPERATORS, type OperatorPart } from './run/operator.ts';
export { type DrillReport, type DrillSummary, summarise } from './run/report.ts';
export { getScenario, SCENARIOS, type Scenario } from './scenario/index.ts';
export { waitUntil } from './wait.ts';
