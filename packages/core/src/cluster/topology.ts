// What a guarded cluster is by configuration: its members, their zones, and the witnesses that look at it.
import { z } from 'zod';

export const Id = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,62}$/i, 'letters, digits, ".", "_" and "-", at most 63');

export const MemberConfig = z.object({
  id: Id,
  /** The failure domain. Two sources in one zone count once. */
  zone: z.string().min(1),
  /** The role when watching begins; what the member says of itself overrules it. */
  role: z.enum(['primary', 'standby']),
  /** The member it receives WAL from; absent = the primary. */
  upstream: Id.optional(),
  /** Preference among equals; 0 = never promote. */
  priority: z.number().int().min(0).default(100),
  /** A synchronous standby. */
  sync: z.boolean().default(false),
  /** By configuration an agent stands beside it, heard or not; absent = not known. */
  hasAgent: z.boolean().optional(),
  /** recovery_min_apply_delay, ms. */
  delayMs: z.number().int().min(0).default(0),
});
export type MemberConfig = z.infer<typeof MemberConfig>;

export const WitnessIdentity = z.object({ id: Id, zone: z.string().min(1) });
export type WitnessIdentity = z.infer<typeof WitnessIdentity>;

export const Environment = z.enum(['production', 'staging', 'sandbox']);
export type Environment = z.infer<typeof Environment>;

/** Ways to make sure that an old primary takes no writes. */
export const FenceMethod = z.enum(['agent', 'http', 'command', 'sync-starved', 'lease']);
export type FenceMethod = z.infer<typeof FenceMethod>;
/** How long one attempt at fencing may take, ms; absent = the method's own default. */
export const FenceWithinMs = z.number().int().min(1_000).max(300_000).optional();

export const ClusterTopology = z.object({
  id: Id,
  environment: Environment.default('production'),
  members: z.array(MemberConfig).min(1),
  /** How often its sources look, ms, the slowest of them: how old a word may be and still count follows from it. Default 1 s. */
  intervalMs: z.number().int().min(200).max(60_000).optional(),
  /** Zones where a new primary is wanted, the best first; only among standbys that are equally far. */
  preferredZones: z.array(z.string().min(1)).optional(),
  /** In order of preference; absent = the agent alone. */
  fences: z
    .array(z.object({ method: FenceMethod, withinMs: FenceWithinMs, afterMs: z.number().optional() }))
    .optional(),
});
export type ClusterTopology = z.infer<typeof ClusterTopology>;

export function findMember(cluster: ClusterTopology, id: string): MemberConfig | undefined {
  return cluster.members.find((member) => member.id === id);
}
