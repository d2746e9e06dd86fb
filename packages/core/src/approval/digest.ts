// What an approval names: digests over canonical JSON (RFC 8785) of the plan, the evidence for and against, and the policy.
// Only what matters materially goes in: ages, latencies and raw samples change every second and aren't.
import canonicalize from 'canonicalize';
import type { Assessment, Evidence } from '../assessment/assessment.ts';
import type { Policy } from '../cluster/index.ts';
import type { Plan } from '../plan/plan.ts';
import type { Digests } from '../proposal/proposal.ts';

/** SHA-256 of UTF-8 text, lower-case hex; comes in as a function. */
export type Hash = (text: string) => string;

export function digestOf(value: unknown, hash: Hash): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('only JSON values have a digest');
  return `sha256:${hash(text)}`;
}

export function makeDigests(
  made: { readonly assessment: Assessment; readonly plan: Plan; readonly policy: Policy },
  hash: Hash,
): Digests {
  return {
    plan: digestOf(materialPlan(made.plan), hash),
    evidenceFor: digestOf({ verdict: made.assessment.verdict, items: materialItems(made.assessment.for) }, hash),
    evidenceAgainst: digestOf(
      { items: materialItems(made.assessment.against), unknown: materialItems(made.assessment.unknown) },
      hash,
    ),
    policy: digestOf(made.policy, hash),
  };
}

export function materialItems(items: readonly Evidence[]): readonly string[] {
  return items.map((item) => item.id).sort();
}

/** A plan without the growth of its quote below the cap, and without positions that only moved on. */
export function materialPlan(plan: Plan): unknown {
  const { v, cluster, kind, epoch, primary, candidate, systemIdentifier, timeline, candidateLsn } = plan;
  return {
    v,
    cluster,
    kind,
    epoch,
    primary,
    candidate,
    systemIdentifier,
    timeline,
    candidateLsn,
    capBytes: plan.loss.capBytes,
    fence: { method: plan.fence.method, member: plan.fence.member, standbys: plan.fence.standbys ?? null },
    steps: plan.steps.map(({ id, verb, member, command, from, atLeastLsn, deadlineMs, ...rest }) => {
      const { ifAhead, waitFor, slots, was, set } = rest;
      const whom = { ...(waitFor === undefined ? {} : { waitFor }), ...(slots === undefined ? {} : { slots }) };
      const again = { ...(was === undefined ? {} : { was }), ...(set === undefined ? {} : { set }) };
      const aim = { from: from ?? null, atLeastLsn: atLeastLsn ?? null, ...(ifAhead === undefined ? {} : { ifAhead }) };
      return { id, verb, member, command, deadlineMs, ...aim, ...whom, ...again };
    }),
  };
}

const words = [
  'amber',
  'apple',
  'birch',
  'bison',
  'cedar',
  'cloud',
  'coral',
  'crane',
  'delta',
  'eagle',
  'ember',
  'fable',
  'falcon',
  'fern',
  'flint',
  'frost',
  'ginger',
  'glade',
  'grove',
  'harbor',
  'hazel',
  'heron',
  'indigo',
  'iris',
  'ivory',
  'jade',
  'jasper',
  'juniper',
  'kelp',
  'kite',
  'lagoon',
  'lark',
  'lemon',
  'linen',
  'lotus',
  'maple',
  'marble',
  'meadow',
  'mint',
  'moss',
  'nectar',
  'north',
  'oak',
  'olive',
  'onyx',
  'otter',
  'pearl',
  'pine',
  'plum',
  'quartz',
  'quill',
  'raven',
  'reed',
  'river',
  'robin',
  'sage',
  'seven',
  'slate',
  'spruce',
  'swan',
  'thyme',
  'topaz',
  'tulip',
  'violet',
] as const;

/** Three words of a digest, to compare a page with the screen by eye; displayed, never typed. 18 bits: no proof, a check. */
export function digestWords(digest: string): string {
  const hex = digest.replace(/^sha256:/, '');
  return [0, 1, 2]
    .map((i) => words[Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16) % words.length] ?? words[0])
    .join(' · ');
}
