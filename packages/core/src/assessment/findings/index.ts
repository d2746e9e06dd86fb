// All findings of one case, made once and read by every hypothesis.
import type { Case } from '../case.ts';
import { type ClientFinding, findClients } from './client.ts';
import { findHosts, findPrimaryHost, type HostFinding, type PrimaryHost } from './host.ts';
import { findReach, type WitnessFinding } from './reach.ts';
import { findTestimony, type StandbyFinding } from './testimony.ts';

export type Findings = {
  readonly reach: readonly WitnessFinding[];
  readonly standbys: readonly StandbyFinding[];
  /** Those that may testify about the primary and did so lately: attached until the trouble, stopped by nobody. */
  readonly witnessesByWal: readonly StandbyFinding[];
  readonly hosts: readonly HostFinding[];
  readonly primaryHost: PrimaryHost;
  readonly primaryHostFinding?: HostFinding | undefined;
  readonly clients: readonly ClientFinding[];
};

export function find(given: Case): Findings {
  const standbys = findTestimony(given);
  const hosts = findHosts(given);
  const primaryHost = findPrimaryHost(given, hosts);
  return {
    reach: findReach(given),
    standbys,
    witnessesByWal: standbys.filter((s) => s.isDirect && s.isFresh && s.wasAttached && !s.isStopped),
    hosts,
    primaryHost: primaryHost.is,
    primaryHostFinding: primaryHost.finding,
    clients: findClients(given),
  };
}

export * from './client.ts';
export * from './host.ts';
export * from './reach.ts';
export * from './sessions.ts';
export * from './since.ts';
export * from './testimony.ts';
