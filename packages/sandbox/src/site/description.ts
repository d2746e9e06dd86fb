// Everything that a writer of configuration files needs to know about a site, derived from its record.
// "Inside" paths are seen from within the member's host; all others from outside and, for root, from within as well.
import { join } from 'node:path';
import { witnessRole } from '../postgres/schema.ts';
import { INSIDE } from './layout.ts';
import type { HostRecord, MemberRecord, Network, SetRecord, SiteRecord } from './record.ts';

export interface RoleAccess {
  readonly role: string;
  readonly passwordFile: string;
}

export interface MemberDescription {
  readonly id: string;
  readonly zone: string;
  /** As it was built; `status` tells what it is now. */
  readonly role: 'primary' | 'standby';
  readonly addresses: Readonly<Record<Network, string>>;
  readonly port: number;
  readonly systemIdentifier: string;
  readonly slot: string;
  readonly dataFolder: string;
  readonly dataFolderInside: string;
  readonly socketFolder: string;
  readonly socketFolderInside: string;
  /** For the agent's own state, outside the data directory; root's. */
  readonly agentFolder: string;
  readonly agentFolderInside: string;
  readonly logFile: string;
  readonly logFileInside: string;
  /** How this member logs in at another, to replicate, rewind or clone itself. */
  readonly replication: { readonly role: string; readonly passfileInside: string };
  /** Starts Postgres in the host, through the gate; exit 75 when the gate refuses. */
  readonly startCommand: readonly string[];
}

export interface WitnessDescription extends RoleAccess {
  readonly id: string;
  readonly zone: string;
  readonly address: string;
  /** The monitoring router as this witness sees it; nothing listens there, a refused connection is its answer. */
  readonly gateway: string;
}

export interface ClientDescription extends RoleAccess {
  readonly id: string;
  readonly database: string;
  readonly address: string;
  readonly gateway: string;
}

/** The host of what stands between clients and members; nothing runs there until it is started. */
export interface BalancerDescription {
  readonly id: string;
  readonly address: string;
}

/** An address that belongs to no host; which one has it is for the members' agents to settle. */
export interface FloatingDescription {
  readonly device: string;
  readonly address: string;
  readonly prefixLength: number;
}

export interface SetDescription {
  readonly cluster: string;
  readonly systemIdentifier: string;
  readonly sync: boolean;
  readonly profile: SetRecord['profile'];
  readonly members: readonly MemberDescription[];
}

export interface SiteDescription {
  readonly id: string;
  readonly folder: string;
  readonly binFolder: string;
  /** The operating system's user that owns the data directories. */
  readonly osUser: string;
  /** Database of the heartbeat table. */
  readonly heartbeatDatabase: string;
  readonly sets: readonly SetDescription[];
  readonly witnesses: readonly WitnessDescription[];
  readonly client: ClientDescription;
  readonly balancer: BalancerDescription;
  readonly controller: RoleAccess;
  /** For agents' looks at other members over the `db` network. */
  readonly agent: RoleAccess;
}

export function describe(record: SiteRecord, osUser: string): SiteDescription {
  const access = (role: string): RoleAccess => ({ role, passwordFile: join(record.folder, 'secrets', role) });
  const hostsOf = (kind: HostRecord['kind']): readonly HostRecord[] =>
    record.hosts.filter((host) => host.kind === kind);
  const [client] = hostsOf('client');
  const [balancer] = hostsOf('balancer');
  return {
    id: record.id,
    folder: record.folder,
    binFolder: record.binFolder,
    osUser,
    heartbeatDatabase: 'petrov',
    sets: record.sets.map((set) => describeSet(record, set)),
    witnesses: hostsOf('witness').map((host) => ({
      id: host.id,
      zone: host.zone,
      address: host.wires.mon?.address ?? '',
      gateway: host.wires.mon?.router ?? '',
      ...access(witnessRole(host.zone)),
    })),
    client: {
      id: client?.id ?? '',
      database: 'app',
      address: client?.wires.app?.address ?? '',
      gateway: client?.wires.app?.router ?? '',
      ...access('app'),
    },
    balancer: { id: balancer?.id ?? '', address: balancer?.wires.app?.address ?? '' },
    controller: access('petrov_controller'),
    agent: access('petrov_agent'),
  };
}

function describeSet(record: SiteRecord, set: SetRecord): SetDescription {
  const systemIdentifier = set.systemIdentifier ?? '';
  return {
    cluster: set.cluster,
    systemIdentifier,
    sync: set.sync,
    profile: set.profile,
    members: set.members.map((member) => describeMember(record, member, systemIdentifier)),
  };
}

function describeMember(record: SiteRecord, member: MemberRecord, systemIdentifier: string): MemberDescription {
  const wires = record.hosts.find((host) => host.id === member.id)?.wires;
  return {
    id: member.id,
    zone: member.zone,
    role: member.builtAs,
    addresses: { db: wires?.db?.address ?? '', mon: wires?.mon?.address ?? '', app: wires?.app?.address ?? '' },
    port: member.port,
    systemIdentifier,
    slot: member.slot,
    dataFolder: join(member.folder, 'data'),
    dataFolderInside: `${INSIDE}/data`,
    socketFolder: member.socketFolder,
    socketFolderInside: `${INSIDE}/socket`,
    agentFolder: join(member.folder, 'agent'),
    agentFolderInside: `${INSIDE}/agent`,
    logFile: join(member.folder, 'log', 'postgres.log'),
    logFileInside: `${INSIDE}/log/postgres.log`,
    replication: { role: 'replicator', passfileInside: `${INSIDE}/secrets/pgpass` },
    startCommand: [`${INSIDE}/start`],
  };
}
