// The configuration files of a sandbox's controller, witnesses and agents, derived from what the site says of itself.
// Pure. Secrets stand in them by reference to files.
import type { PolicyInput, Preset } from '@petrov/core/cluster';
import { ACT_VERBS, AgentConfig, ControllerConfig, type HooksConfig, WitnessConfig } from '@petrov/core/wire';
import type {
  FloatingDescription,
  MemberDescription,
  RoleAccess,
  SiteDescription,
  WitnessDescription,
} from '@petrov/sandbox';
import type { KeptKey } from './keys.ts';
import type { OnlyFence } from './options.ts';

export const INBOX_PAGER = 'inbox';
/** Where a witness answers its peers, on the monitoring network. */
const WITNESS_PORT = 7_400;
/** Where an agent answers load balancers, on the applications' network. */
export const HEALTH_PORT = 8_008;
/** Nothing listens there on a router: its refusal is the answer that shows that there is a network. */
const GATEWAY_PORT = 9;

/** The candidate has to lose a silent primary by itself first: its `wal_receiver_timeout` is a minute by default. */
const STARVED_WITHIN_MS = 90_000;

export type ConfigInput = {
  readonly site: SiteDescription;
  readonly cluster: string;
  readonly preset: Preset;
  readonly policy?: Omit<PolicyInput, 'preset'> | undefined;
  readonly environment: 'sandbox';
  readonly keyOf: (name: string) => KeptKey;
  readonly engineKey: KeptKey;
  readonly agentSocket: string;
  readonly sandboxSocket: string;
  readonly redis: string;
  readonly storeUrl: string;
  readonly port: number;
  readonly floating?: FloatingDescription | undefined;
  /** Of each member. */
  readonly hooks?: ((member: string) => HooksConfig) | undefined;
  readonly pager: { readonly url: string; readonly secretFile: string };
  /** Agents stop Postgres when they have reached nobody for so long; absent: never. */
  readonly leaseMs?: number;
  /** The switch that feeds the members' hosts. */
  readonly power: { readonly url: string; readonly tokenFile: string };
  /** The one way to fence; default: the agents, and a power switch where an agent is silent. */
  readonly onlyFence?: OnlyFence | undefined;
  /** Members with priority 0. */
  readonly neverPromoted?: readonly string[];
};

export function controllerConfig(input: ConfigInput): ControllerConfig {
  const { site, cluster } = input;
  const set = getSet(site, cluster);
  return ControllerConfig.parse({
    version: 1,
    name: 'petrov',
    listen: { host: '127.0.0.1', port: input.port },
    publicUrl: `http://localhost:${input.port}`,
    store: { url: input.storeUrl },
    redis: { url: input.redis },
    engineKey: `file:${input.engineKey.file}`,
    agentSocket: input.agentSocket,
    sandboxSocket: input.sandboxSocket,
    witnesses: site.witnesses.map(({ id, zone }) => ({ id, zone, publicKey: input.keyOf(id).publicKey })),
    canaries: [{ id: cluster, publicKey: input.keyOf(canaryKeyName(cluster)).publicKey }],
    clusters: [
      {
        id: cluster,
        environment: input.environment,
        policy: { ...input.policy, preset: input.preset },
        fences: fencesOf(input),
        members: set.members.map((member) => ({
          ...memberOf(member, set.sync),
          ...(input.neverPromoted?.includes(member.id) === true ? { priority: 0 } : {}),
          endpoint: {
            host: member.socketFolder,
            port: member.port,
            database: site.heartbeatDatabase,
            ...login(site.controller),
          },
          agent: { publicKey: input.keyOf(agentKeyName(member.id)).publicKey },
          replicationHost: member.addresses.db,
          replicationPort: member.port,
        })),
      },
    ],
    pagers: [{ id: INBOX_PAGER, kind: 'webhook', url: input.pager.url, secret: `file:${input.pager.secretFile}` }],
  });
}

function fencesOf({ onlyFence, power }: ConfigInput) {
  if (onlyFence === 'none') return [];
  if (onlyFence === undefined) return [{ method: 'agent' }, powerFence(power)];
  return [onlyFence === 'agent' ? { method: 'agent' } : { method: onlyFence, withinMs: STARVED_WITHIN_MS }];
}

/** The next way when an agent is silent: it needs nothing of the host. */
function powerFence({ url, tokenFile }: ConfigInput['power']) {
  const host = `${url}/hosts/{{name}}/power`;
  const turn = (power: 'On' | 'Off') => ({ url: host, body: JSON.stringify({ power }) });
  return {
    method: 'http',
    off: turn('Off'),
    on: turn('On'),
    status: { url: host, pointer: '/power', off: 'Off', on: 'On' },
    headers: { Authorization: { secret: `file:${tokenFile}`, prefix: 'Bearer ' } },
    pollMs: 50,
  };
}

export function witnessConfig(input: ConfigInput, witness: WitnessDescription): WitnessConfig {
  const { site, cluster } = input;
  const set = getSet(site, cluster);
  return WitnessConfig.parse({
    version: 1,
    id: witness.id,
    zone: witness.zone,
    redis: input.redis,
    key: `file:${input.keyOf(witness.id).file}`,
    gateway: { host: witness.gateway, port: GATEWAY_PORT },
    listen: { host: witness.address, port: WITNESS_PORT },
    peers: site.witnesses
      .filter((other) => other.id !== witness.id)
      .map((other) => ({ id: other.id, host: other.address, port: WITNESS_PORT })),
    clusters: [
      {
        id: cluster,
        members: set.members.map((member) => ({
          ...memberOf(member, set.sync),
          endpoint: {
            host: member.addresses.mon,
            port: member.port,
            database: site.heartbeatDatabase,
            ...login(witness),
          },
          replicationHost: member.addresses.db,
          replicationPort: member.port,
        })),
      },
    ],
  });
}

export function agentConfig(input: ConfigInput, member: MemberDescription): AgentConfig {
  const { site, cluster } = input;
  const set = getSet(site, cluster);
  return AgentConfig.parse({
    version: 1,
    cluster,
    member: member.id,
    controller: `unix:${input.agentSocket}`,
    key: `file:${input.keyOf(agentKeyName(member.id)).file}`,
    enginePublicKey: input.engineKey.publicKey,
    allow: [...ACT_VERBS],
    dataDirectory: member.dataFolderInside,
    socketDirectory: member.socketFolderInside,
    port: member.port,
    osUser: site.osUser,
    stateDirectory: member.agentFolderInside,
    startCommand: [...member.startCommand],
    binDirectory: site.binFolder,
    ...(input.leaseMs === undefined ? {} : { lease: { afterMs: input.leaseMs }, gateWhenAlone: 'closed' }),
    logFile: member.logFileInside,
    replication: { user: member.replication.role, passfile: member.replication.passfileInside },
    routing: {
      health: { host: member.addresses.app, port: HEALTH_PORT },
      ...(input.floating && {
        address: {
          address: `${input.floating.address}/${input.floating.prefixLength}`,
          interface: input.floating.device,
        },
      }),
      ...(input.hooks && { hooks: input.hooks(member.id) }),
    },
    peers: set.members
      .filter((other) => other.id !== member.id)
      .map((other) => ({
        id: other.id,
        host: other.addresses.db,
        port: other.port,
        database: site.heartbeatDatabase,
        ...login(site.agent),
      })),
  });
}

export function agentKeyName(member: string): string {
  return `agent:${member}`;
}
export function canaryKeyName(cluster: string): string {
  return `canary:${cluster}`;
}

export function getSet(site: SiteDescription, cluster: string): SiteDescription['sets'][number] {
  const set = site.sets.find((one) => one.cluster === cluster);
  if (set === undefined) throw new Error(`the site ${site.id} has no set ${cluster}`);
  return set;
}

export function findMember(site: SiteDescription, cluster: string, id: string): MemberDescription {
  const member = getSet(site, cluster).members.find((one) => one.id === id);
  if (member === undefined) throw new Error(`the set ${cluster} has no member ${id}`);
  return member;
}

function memberOf(member: MemberDescription, isSync: boolean) {
  return { id: member.id, zone: member.zone, role: member.role, sync: isSync && member.role === 'standby' };
}

function login(access: RoleAccess) {
  return { user: access.role, password: `file:${access.passwordFile}` };
}
