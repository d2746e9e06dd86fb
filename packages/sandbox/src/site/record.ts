// What a site consists of, on disk before it exists: namespaces by their init, mounts, folders, faults, and whose it is.
// Clearing leftovers and every other process work from this record alone, never from name patterns.
import { z } from 'zod';
import { ProcessIdentity } from '../identity.ts';

export const Network = z.enum(['db', 'mon', 'app']);
export type Network = z.infer<typeof Network>;
export const NETWORKS = Network.options;
export const ZONES = ['a', 'b', 'c'] as const;

const Wire = z.object({ address: z.string(), router: z.string(), device: z.string() });

/** What a host starts when its power comes on, as a unit of its operating system would. */
export const BootProgram = z.object({
  argv: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  logFile: z.string(),
});
export type BootProgram = z.infer<typeof BootProgram>;

export const HostRecord = z.object({
  id: z.string(),
  kind: z.enum(['router', 'member', 'witness', 'client', 'balancer']),
  zone: z.string(),
  wires: z.partialRecord(Network, Wire),
  /** Mounted on the host's private /run; they end with its mount namespace. */
  binds: z.array(z.object({ from: z.string(), to: z.string() })),
  /** Null until the host's init has said its pid, and while its power is off; its namespaces are found by it. */
  init: ProcessIdentity.nullable(),
  boot: z.array(BootProgram).default([]),
});
export type HostRecord = z.infer<typeof HostRecord>;

export const MemberRecord = z.object({
  id: z.string(),
  zone: z.string(),
  builtAs: z.enum(['primary', 'standby']),
  port: z.number().int(),
  slot: z.string(),
  folder: z.string(),
  socketFolder: z.string(),
});
export type MemberRecord = z.infer<typeof MemberRecord>;

export const Profile = z.enum(['default', 'tuned']);
export type Profile = z.infer<typeof Profile>;

export const SetRecord = z.object({
  cluster: z.string(),
  profile: Profile,
  sync: z.boolean(),
  /** Null until the set's data directory has been made. */
  systemIdentifier: z.string().nullable(),
  members: z.array(MemberRecord),
});
export type SetRecord = z.infer<typeof SetRecord>;

export const ActiveFault = z.object({
  name: z.string(),
  args: z.record(z.string(), z.unknown()),
  atMs: z.number(),
  monotonicMs: z.number(),
});
export type ActiveFault = z.infer<typeof ActiveFault>;

export const SiteRecord = z.object({
  format: z.literal(1),
  id: z.string(),
  state: z.enum(['building', 'running', 'ending']),
  createdAtMs: z.number(),
  /** Whose end makes this site a leftover; null for a site that is kept until someone takes it down. */
  owner: ProcessIdentity.nullable(),
  folder: z.string(),
  /** Folders outside `folder` that belong to this site (short paths for unix sockets). */
  outsideFolders: z.array(z.string()),
  binFolder: z.string(),
  hosts: z.array(HostRecord),
  sets: z.array(SetRecord),
  activeFaults: z.array(ActiveFault),
  /** Members are joined on a segment of `app`, on which an address may move between them. */
  hasSegment: z.boolean().default(false),
});
export type SiteRecord = z.infer<typeof SiteRecord>;
