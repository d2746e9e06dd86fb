// The fences of a cluster, as they stand in the controller's configuration. `{{cluster}}`, `{{member}}` and `{{name}}` (the
// machine's name at the switch) are the only things that are put into a text; each is a checked name, so no quoting is needed.
import { z } from 'zod';
import { FenceWithinMs, Id } from '../cluster/index.ts';
import { SecretReference } from './secret-reference.ts';

const PLACES = ['cluster', 'member', 'name'];
const Template = z
  .string()
  .refine((text) => [...text.matchAll(/\{\{(.*?)\}\}/g)].every((match) => PLACES.includes(match[1] ?? '')), {
    message: `only ${PLACES.map((place) => `{{${place}}}`).join(', ')} can be put in here`,
  });

/** TLS but for this very host: what comes over an open line proves nothing. */
const SAFE_URL = /^(https:\/\/[^\s/@?#]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)([/?]\S*)?$/;
const Url = Template.regex(SAFE_URL, 'an https:// URL without user and password in it (http:// only for localhost)');

/** A header that opens doors stands by reference; `prefix` goes before the secret, such as "Bearer ". */
const Header = z.union([z.string(), z.strictObject({ secret: SecretReference, prefix: z.string().default('') })]);
const Headers = z
  .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'a header name'), Header)
  .refine(
    (all) =>
      Object.entries(all).every(
        ([name, value]) => typeof value !== 'string' || !/auth|token|key|secret|cookie/i.test(name),
      ),
    { message: 'this header looks like a secret: write { secret: "file:/path" } or { secret: "env:NAME" }' },
  );

const Scalar = z.union([z.string(), z.number(), z.boolean()]);
/** RFC 6901, such as /power/state. */
const Pointer = z.string().regex(/^(\/[^/]+)+$/, 'a JSON pointer such as /power/state');

const PowerCall = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'GET', 'DELETE']).default('POST'),
  url: Url,
  body: Template.optional(),
  /** Statuses by which the request was taken. */
  statuses: z.array(z.number().int().min(100).max(599)).min(1).default([200, 201, 202, 204]),
  /** What the answer must hold besides. */
  answer: z.strictObject({ pointer: Pointer, value: Scalar }).optional(),
});
export type PowerCall = z.infer<typeof PowerCall>;

const PowerStatus = z.strictObject({ url: Url, pointer: Pointer, off: Scalar, on: Scalar });

const AgentFence = z.strictObject({ method: z.literal('agent'), withinMs: FenceWithinMs });

const HttpFence = z.strictObject({
  method: z.literal('http'),
  withinMs: FenceWithinMs,
  off: PowerCall,
  /** Absent: powering on again is a person's. */
  on: PowerCall.optional(),
  /** Asked until it says so: its answer is the proof, not that a request was taken. */
  status: PowerStatus,
  headers: Headers.default({}),
  /** Each machine's name at the switch; a member that isn't named here goes by its own id. */
  names: z
    .record(Id, z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, 'letters, digits, ".", "_" and "-"'))
    .default({}),
  /** A PEM file of the authorities to trust instead of the usual ones. */
  caFile: z.string().min(1).optional(),
  /** For one request. */
  answerWithinMs: z.number().int().min(100).max(60_000).default(5_000),
  pollMs: z.number().int().min(50).max(10_000).default(500),
});
export type HttpFence = z.infer<typeof HttpFence>;

const Argv = z.array(z.string().min(1)).min(1);
const CommandFence = z.strictObject({
  method: z.literal('command'),
  withinMs: FenceWithinMs,
  /** Program and arguments; no shell. Exit 0 = fenced, 3 = refused and nothing changed, all else = nobody knows. */
  off: Argv,
  on: Argv.optional(),
});
export type CommandFence = z.infer<typeof CommandFence>;

const SyncStarvedFence = z.strictObject({ method: z.literal('sync-starved'), withinMs: FenceWithinMs });

const LeaseFence = z
  .strictObject({
    method: z.literal('lease'),
    /** At least what the agents' own `lease.afterMs` says. */
    afterMs: z.number().int().min(5_000).max(120_000),
    /** For the stopping itself, for clocks that run unevenly, and for what is read a moment late. */
    marginMs: z.number().int().min(10_000).max(60_000).default(10_000),
    withinMs: z.number().int().min(1_000).max(300_000),
  })
  .refine(({ afterMs, marginMs, withinMs }) => withinMs >= afterMs + marginMs + 5_000, {
    path: ['withinMs'],
    message: 'at least afterMs + marginMs + 5000',
  });
export type LeaseFence = z.infer<typeof LeaseFence>;

export const FenceConfig = z.discriminatedUnion('method', [
  AgentFence,
  HttpFence,
  CommandFence,
  SyncStarvedFence,
  LeaseFence,
]);
export type FenceConfig = z.infer<typeof FenceConfig>;

export const FenceConfigs = z
  .array(FenceConfig)
  .refine((all) => new Set(all.map(({ method }) => method)).size === all.length, { message: 'each method once' })
  .default([{ method: 'agent' }]);
