// The whole controller without IO.
export * from './audit-codes.ts';
export { isLooking } from './execute.ts';
export * from './io.ts';
export { evidenceAgeMs, refuse, refuseApproval } from './refuse-decision.ts';
export { replay, type ReplayGiven, type ReplayLine, tellReplay } from './replay.ts';
export {
  type ClusterState,
  type EngineConfig,
  type EngineState,
  getCluster,
  initialState,
  type Restored,
} from './state.ts';
export { step, type Stepped } from './step.ts';
export { viewCluster } from './view-cluster.ts';
export { viewProposal, viewRun } from './view-proposal.ts';
