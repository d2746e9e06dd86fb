// The sandbox: real Postgres sets in namespaces of this machine, faults that break them, and the stores that the
// controller itself needs. Start with `createSite`; another process finds the same site with `openSite`.
export { type BalancerPorts, haproxyConfig, type RunningBalancer, startHaproxy } from './balancer/haproxy.ts';
export { bouncerPlace, type BouncerPlace, type RunningBouncer, startPgbouncer } from './balancer/pgbouncer.ts';
export { clearEmbedded } from './embedded/daemon.ts';
export { SandboxError } from './errors.ts';
export { readFaultArguments } from './fault/apply.ts';
export type { Fault, FaultStamp } from './fault/fault.ts';
export { FAULTS, type FaultName } from './faults/index.ts';
export { ProcessIdentity, findIdentity, isAlive, killExactly } from './identity.ts';
export { monotonicMs } from './wait.ts';
export type { StartOutcome, StopMode } from './postgres/member.ts';
export { PowerSwitch } from './power/switch.ts';
export type { RunOptions, RunResult } from './run.ts';
export type {
  BalancerDescription,
  ClientDescription,
  FloatingDescription,
  MemberDescription,
  RoleAccess,
  SetDescription,
  SiteDescription,
  WitnessDescription,
} from './site/description.ts';
export type { HostExit, HostProcess, SpawnOptions } from './site/host-process.ts';
export { clearLeftovers, listSites } from './site/leftovers.ts';
export { type SiteOptions, createSite, downSites, openSite } from './site/open.ts';
export type { ActiveFault, Profile } from './site/record.ts';
export type { Site } from './site/site.ts';
export type { MemberStatus, SiteStatus } from './site/status.ts';
export { type EmbeddedOptions, type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/postgres.ts';
export { type EmbeddedRedis, startEmbeddedRedis } from './embedded/redis.ts';
export { type RunningWriter, type WriterOptions, findLostIds, startWriter } from './clients/start-writer.ts';
export { type Period, type SplitBrain, type WriterLog, readWriterLog } from './clients/writer-log.ts';
export { type Ack, CanaryLine } from './clients/writer-config.ts';
