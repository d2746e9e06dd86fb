// What a person answered: who, how they proved it, having seen what, why.
import { z } from 'zod';

export const DecisionKind = z.enum(['approve', 'reject', 'hold', 'abandon', 'resume', 'refence']);
export type DecisionKind = z.infer<typeof DecisionKind>;

/** How the deciding person proved who they are at that moment. */
export const DecisionProof = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('session'), sessionId: z.string(), signedInAtMs: z.number() }),
  /** At the controller's own host, through the socket that only its owner opens: `osUser` is proven, the actor's name is said. */
  z.object({ kind: z.literal('terminal'), osUser: z.string(), atMs: z.number() }),
  z.object({ kind: z.literal('password+totp'), user: z.string(), atMs: z.number() }),
  z.object({
    kind: z.literal('passkey'),
    credentialId: z.string(),
    clientDataJson: z.string(),
    authenticatorData: z.string(),
    signature: z.string(),
    nonce: z.string(),
  }),
  /** A script in a drill; refused for anything but a sandbox. */
  z.object({ kind: z.literal('drill'), scenario: z.string() }),
]);
export type DecisionProof = z.infer<typeof DecisionProof>;

export const Role = z.enum(['viewer', 'operator', 'approver']);
export type Role = z.infer<typeof Role>;

export const Actor = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  via: z.enum(['console', 'cli', 'drill', 'engine']),
});
export type Actor = z.infer<typeof Actor>;

/** What was on the screen when the decision was made. */
export const Displayed = z.object({
  openedAtMs: z.number().optional(),
  /** The item the person named as the deciding one. */
  decisiveItem: z.string().max(200).optional(),
  rawOpened: z.number().int().min(0).max(10_000).optional(),
});
export type Displayed = z.infer<typeof Displayed>;

/** What goes beyond the policy, each by name with the value that was seen: accepted by who approves. */
export const Overrides = z.object({
  /** The loss, in bytes, above `maxLossBytes`. */
  lossBytes: z.number().int().min(0).optional(),
  /** The member that nothing fences. */
  unfenced: z.string().max(63).optional(),
});
export type Overrides = z.infer<typeof Overrides>;

export const DecisionRecord = z.object({
  id: z.string(),
  kind: DecisionKind,
  proposal: z.string(),
  revision: z.number().int(),
  digests: z.object({ plan: z.string(), evidenceFor: z.string(), evidenceAgainst: z.string(), policy: z.string() }),
  actor: Actor,
  proof: DecisionProof,
  reason: z.string(),
  atMs: z.number(),
  displayed: Displayed,
  /** The loss consented to. */
  capBytes: z.number().min(0),
  overrides: Overrides.optional(),
  holdUntilMs: z.number().optional(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;
