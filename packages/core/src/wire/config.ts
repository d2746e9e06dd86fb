// The configuration files of the controller, a witness and an agent. Secrets stand there by reference only:
// `file:/path` or `env:NAME`, resolved when the file is loaded, never printed.
import { z } from 'zod';
import { ClusterTopology, Id, MemberConfig, PolicyInput, WitnessIdentity } from '../cluster/index.ts';
import { ACT_VERBS } from './agent.ts';
import { FenceConfigs } from './fences.ts';
import { SecretReference } from './secret-reference.ts';
import { RoutingConfig } from './routing-config.ts';

const publicKey = z.string().min(40, 'an Ed25519 public key, base64 of its SPKI form');

/** How to reach one member's Postgres; `host` may be the folder of a unix socket. */
export const Endpoint = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(5432),
  user: z.string().min(1),
  password: SecretReference.optional(),
  database: z.string().default('petrov'),
});
export type Endpoint = z.infer<typeof Endpoint>;

export const GuardedMember = MemberConfig.extend({
  /** For the controller's own reads before and during a plan; a role with pg_monitor only. */
  endpoint: Endpoint,
  /** The agent beside it, if there is one. */
  agent: z.object({ publicKey }).optional(),
  /** Where siblings reach it for replication (`repoint` uses it). */
  replicationHost: z.string().min(1),
  replicationPort: z.number().int().default(5432),
});
export type GuardedMember = z.infer<typeof GuardedMember>;

export const GuardedCluster = ClusterTopology.extend({
  members: z.array(GuardedMember).min(1),
  policy: PolicyInput.prefault({}),
  /** Ways to fence a primary, in order of preference. */
  fences: FenceConfigs,
  /** Names of pagers; default all. */
  pagers: z.array(Id).optional(),
});
export type GuardedCluster = z.infer<typeof GuardedCluster>;

export const PagerConfig = z.discriminatedUnion('kind', [
  z.object({ id: Id, kind: z.literal('webhook'), url: z.url(), secret: SecretReference }),
]);
export type PagerConfig = z.infer<typeof PagerConfig>;

export const ControllerConfig = z.object({
  version: z.literal(1),
  /** A name of this controller, in pages and on the record. */
  name: Id.default('petrov'),
  listen: z
    .object({ host: z.string().default('127.0.0.1'), port: z.number().int().min(0).max(65_535).default(8833) })
    .prefault({}),
  /** What people type; a passkey can't use 127.0.0.1. */
  publicUrl: z.url().optional(),
  /** Petrov's own Postgres, never a guarded one. Absent: DATABASE_URL, else an embedded one under `dataFolder`. */
  store: z.object({ url: SecretReference.or(z.url()).or(z.string().startsWith('postgres:')) }).optional(),
  redis: z.object({ url: SecretReference.or(z.string().min(1)) }).optional(),
  /** Ed25519 private key, PKCS8 PEM: signs agents' commands and audit checkpoints. */
  engineKey: SecretReference,
  /** Unix socket on which agents poll; with `listen` beside it, TLS comes with the enrolment of agents. */
  agentSocket: z.string().optional(),
  /** Unix socket of a sandbox's control; only set by a process that built its own sandbox. */
  sandboxSocket: z.string().optional(),
  witnesses: z.array(WitnessIdentity.extend({ publicKey })),
  canaries: z.array(z.object({ id: Id, publicKey })).default([]),
  clusters: z.array(GuardedCluster),
  pagers: z.array(PagerConfig).default([]),
});
export type ControllerConfig = z.infer<typeof ControllerConfig>;

export const WitnessConfig = z.object({
  version: z.literal(1),
  id: Id,
  zone: z.string().min(1),
  redis: z.string().min(1),
  /** Ed25519 private key, PKCS8 PEM. */
  key: SecretReference,
  intervalMs: z.number().int().min(200).max(60_000).default(1_000),
  /** TCP address `host:port` that answers when this witness has a network at all (a router, a DNS server). */
  gateway: z.object({ host: z.string(), port: z.number().int() }).optional(),
  /** This witness answers its peers here; the others are asked there. */
  listen: z.object({ host: z.string(), port: z.number().int() }).optional(),
  peers: z.array(z.object({ id: Id, host: z.string(), port: z.number().int() })).default([]),
  clusters: z.array(
    z.object({
      id: Id,
      members: z
        .array(
          MemberConfig.extend({
            endpoint: Endpoint,
            /** Its address on the database network, by which a standby's receiver names its upstream. */
            replicationHost: z.string().min(1).optional(),
            replicationPort: z.number().int().default(5432),
          }),
        )
        .min(1),
    }),
  ),
});
export type WitnessConfig = z.infer<typeof WitnessConfig>;

const AgentSettings = z.object({
  version: z.literal(1),
  cluster: Id,
  member: Id,
  /** `unix:/path/to/socket` or `https://host:port`. */
  controller: z.string().min(1),
  key: SecretReference,
  /** The engine's Ed25519 public key: only its commands count. */
  enginePublicKey: publicKey,
  /** Verbs this host allows; `look` always is. */
  allow: z.array(z.enum(ACT_VERBS)).default([]),
  dataDirectory: z.string().min(1),
  /** Folder of Postgres's unix socket, for the agent's own reads as a local superuser. */
  socketDirectory: z.string().min(1),
  port: z.number().int().default(5432),
  superuser: z.string().default('postgres'),
  /** The operating system's user that owns the data directory. */
  osUser: z.string().default('postgres'),
  /** Where the agent keeps its fence file, its highest epoch and results: outside the data directory. */
  stateDirectory: z.string().min(1),
  /** How Postgres is started on this host (restart-candidate, unfence, start-as-standby); no shell. */
  startCommand: z.array(z.string()).min(1),
  /** Postgres's own programs: pg_controldata, pg_rewind, pg_basebackup, psql … */
  binDirectory: z.string().min(1),
  /** The main configuration file where it isn't in the data directory (Debian: /etc/postgresql/…). */
  configFile: z.string().optional(),
  /** Postgres's log, read to say why a standby doesn't follow. Absent: the one that its logging collector names. */
  logFile: z.string().optional(),
  /**
   * How `rewind` and `clone` log in at another member, as the operating system's user that owns the data directory. The
   * role needs REPLICATION and, in `database`, EXECUTE on pg_ls_dir(text, boolean, boolean), pg_stat_file(text, boolean),
   * pg_read_binary_file(text) and pg_read_binary_file(text, bigint, bigint, boolean); better pg_checkpoint too (15 and
   * newer): up to 15 a rewind waits for the source's first checkpoint after its promotion.
   */
  replication: z
    .object({
      user: z.string().min(1),
      /** A libpq password file, readable for the owner of the data directory only. */
      passfile: z.string().optional(),
      database: z.string().default('postgres'),
      sslmode: z.enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full']).optional(),
    })
    .optional(),
  /** What rewinds may put aside under `stateDirectory`, all of them together; more is refused until a person clears it. */
  asideBytesMax: z
    .number()
    .int()
    .min(1_048_576)
    .default(4 * 1024 ** 3),
  /** Opt-in: Postgres is stopped here when neither the controller nor any other member was reached for so long. */
  lease: z.strictObject({ afterMs: z.number().int().min(5_000).max(120_000) }).optional(),
  /** May Postgres start writable when no other member answers? */
  gateWhenAlone: z.enum(['open', 'closed']).default('open'),
  routing: RoutingConfig.prefault({}),
  /** Other members over the database network: looked at by this agent, asked by the start gate. */
  peers: z
    .array(
      z.object({
        id: Id,
        host: z.string(),
        port: z.number().int(),
        user: z.string(),
        password: SecretReference.optional(),
        database: z.string(),
        /** Its application_name as a standby, for synchronous_standby_names; absent: its id. */
        applicationName: z.string().optional(),
      }),
    )
    .default([]),
});

export const AgentConfig = AgentSettings.refine(
  ({ lease, gateWhenAlone }) => lease === undefined || gateWhenAlone === 'closed',
  {
    path: ['gateWhenAlone'],
    message:
      'must be "closed" beside a lease: a host that reboots while it reaches nobody would start writable otherwise',
  },
).refine(({ lease, peers }) => lease === undefined || peers.length > 0, {
  path: ['peers'],
  message: 'must name the other members beside a lease: the start gate asks them',
});
export type AgentConfig = z.infer<typeof AgentConfig>;
