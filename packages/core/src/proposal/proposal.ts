// A question to a person, with all it rests on. What a state carries is in its type: executing without an approval can't
// be written down.
import { z } from 'zod';
import { Assessment } from '../assessment/assessment.ts';
import { Consent, consentOfOne } from '../approval/consent.ts';
import { DecisionRecord } from '../approval/decision.ts';
import { Plan } from '../plan/plan.ts';
import { Request } from '../plan/request.ts';

export const Digests = z.object({
  plan: z.string(),
  evidenceFor: z.string(),
  evidenceAgainst: z.string(),
  policy: z.string(),
});
export type Digests = z.infer<typeof Digests>;

export const Revision = z.object({
  number: z.number().int().min(1),
  atMs: z.number(),
  assessment: Assessment,
  plan: Plan,
  digests: Digests,
  /** How many people it takes to approve it, and why. */
  consent: Consent.default(consentOfOne),
  /** What changed against the revision before, in words; empty for the first. */
  changes: z.array(z.string()),
  /** Three words, on the page and above the button, to compare; from the plan's digest. */
  words: z.string(),
});
export type Revision = z.infer<typeof Revision>;

const common = {
  id: z.string(),
  cluster: z.string(),
  environment: z.string(),
  /** One page per episode: the pager's key. */
  episode: z.string(),
  openedAtMs: z.number(),
  expiresAtMs: z.number(),
  revision: Revision,
  /** Decisions that changed nothing by themselves (holds, refused ones aren't here but on the record). */
  decisions: z.array(DecisionRecord),
  /** Of two approvals the one that came first: over the same content as the revision that stands. */
  firstApproval: DecisionRecord.optional(),
  heldUntilMs: z.number().optional(),
  heldBecause: z.string().optional(),
  /** Of a switchover or a rejoin: who asked for it, and for what. */
  request: Request.optional(),
};
const ended = { endedAtMs: z.number(), because: z.string() };
const approved = { approval: DecisionRecord, startBeforeMs: z.number() };
const ran = { ...approved, run: z.string() };

export const Proposal = z.discriminatedUnion('state', [
  z.object({ ...common, state: z.literal('open') }),
  z.object({ ...common, ...approved, state: z.literal('approved') }),
  z.object({ ...common, ...ran, state: z.literal('executing') }),
  z.object({ ...common, ...ran, state: z.literal('promoted'), promotedAtMs: z.number() }),
  z.object({ ...common, ...ran, state: z.literal('stuck'), stuckSinceMs: z.number(), because: z.string() }),
  z.object({ ...common, ...ran, ...ended, state: z.literal('succeeded') }),
  z.object({ ...common, ...ran, ...ended, state: z.literal('abandoned') }),
  z.object({ ...common, ...ran, ...ended, state: z.literal('failed') }),
  z.object({ ...common, ...ended, state: z.literal('rejected') }),
  z.object({ ...common, ...ended, state: z.literal('expired') }),
  z.object({ ...common, ...ended, state: z.literal('withdrawn') }),
  z.object({ ...common, ...ended, state: z.literal('superseded') }),
]);
export type Proposal = z.infer<typeof Proposal>;
/** An open one without its first approval: whoever decides after it decides by themselves. */
export function hideFirstApproval(proposal: Proposal): Proposal {
  if (proposal.state !== 'open') return proposal;
  const { firstApproval: _, ...shown } = proposal;
  return shown;
}

export type ProposalState = Proposal['state'];
