// How many people it takes to agree to a plan, and what each of them must put a name to: whatever goes beyond the policy is
// named by who accepts it, with the value that they saw.
import { z } from 'zod';
import { sayBytes } from '../assessment/words.ts';
import type { Policy } from '../cluster/index.ts';
import type { Plan } from '../plan/plan.ts';
import type { Actor, DecisionProof, Overrides } from './decision.ts';

export const Consent = z.object({
  /** Distinct people whose approval it takes. */
  people: z.number().int().min(1).max(2),
  /** Why more than one, each a clause; empty for one. */
  because: z.array(z.string()),
});
export type Consent = z.infer<typeof Consent>;

export const consentOfOne: Consent = { people: 1, because: [] };

export function consentFor(plan: Plan, { maxLossBytes }: Pick<Policy, 'maxLossBytes'>): Consent {
  const { loss, fence } = plan;
  const because = [
    ...(loss.capBytes > maxLossBytes
      ? [`up to ${sayBytes(loss.capBytes)} could be lost, more than the policy’s ${sayBytes(maxLossBytes)}`]
      : []),
    ...(fence.method === 'unfenced' ? [`nothing keeps ${fence.member} from taking writes`] : []),
  ];
  return because.length === 0 ? consentOfOne : { people: 2, because };
}

/** All that a plan may have beyond a policy, by name and as it stands there: what who was shown it accepts. */
export function overridesShown({ loss, fence }: Plan): Overrides {
  return { lossBytes: loss.capBytes, ...(fence.method === 'unfenced' ? { unfenced: fence.member } : {}) };
}

export type ConsentRefusal = { readonly code: 'loss-not-named' | 'unfenced-not-named'; readonly says: string };

/** Why this approval doesn't cover what goes beyond the policy; undefined = it does. */
export function refuseUnnamed(
  plan: Plan,
  { maxLossBytes }: Pick<Policy, 'maxLossBytes'>,
  overrides: Overrides = {},
): ConsentRefusal | undefined {
  const { capBytes } = plan.loss;
  if (capBytes > maxLossBytes && overrides.lossBytes !== capBytes)
    return {
      code: 'loss-not-named',
      says: `Up to ${sayBytes(capBytes)} could be lost, more than the policy’s ${sayBytes(maxLossBytes)}: an approval has to name that it accepts ${capBytes} bytes${overrides.lossBytes === undefined ? '' : `, this one names ${overrides.lossBytes}`}. Nothing was done.`,
    };
  if (plan.fence.method === 'unfenced' && overrides.unfenced !== plan.fence.member)
    return {
      code: 'unfenced-not-named',
      says: `Nothing keeps ${plan.fence.member} from taking writes: an approval has to name it as unfenced. Nothing was done.`,
    };
  return undefined;
}

type Answering = { readonly actor: Actor; readonly proof: DecisionProof };

/** By what is proven: at the host's terminal that is its OS user, whatever name is said there. */
export function isSamePerson(one: Answering, other: Answering): boolean {
  return provenId(one) === provenId(other) || one.actor.id === other.actor.id;
}

function provenId({ actor, proof }: Answering): string {
  return proof.kind === 'terminal' ? `os:${proof.osUser}` : actor.id;
}
