// The only definition of "materially": an item appeared, vanished or changed sides; the verdict; the candidate or its
// timeline; the steps; the fence; the policy; the loss above the cap. Ages, latencies and growth below the cap aren't.
import type { Assessment } from '../assessment/assessment.ts';
import { sayBytes } from '../assessment/words.ts';
import type { Plan } from '../plan/plan.ts';

type Frozen = {
  readonly assessment: Assessment;
  readonly plan: Plan;
  readonly digests: { readonly policy: string };
};
type SideName = 'for' | 'against' | 'unknown';

export type MaterialChange = {
  readonly says: string;
  /** It speaks against what is asked, or changes what would be done to whom: told at once. */
  readonly countsAgainst: boolean;
};

export function findMaterialChanges(before: Frozen, after: Frozen): readonly MaterialChange[] {
  return [
    // Of what was asked for the case is its own evidence: what else is believed of the cluster may change meanwhile.
    ...(before.plan.kind === 'failover' ? compareVerdicts(before.assessment, after.assessment) : []),
    ...compareEvidence(before.assessment, after.assessment),
    ...comparePlans(before.plan, after.plan),
    ...(before.digests.policy === after.digests.policy
      ? []
      : [{ says: 'the policy has changed', countsAgainst: true }]),
  ];
}

function compareVerdicts(before: Assessment, after: Assessment): MaterialChange[] {
  if (before.verdict === after.verdict) return [];
  return [{ says: `the verdict is now ${after.verdict}, it was ${before.verdict}`, countsAgainst: false }];
}

function compareEvidence(before: Assessment, after: Assessment): MaterialChange[] {
  const changes: MaterialChange[] = [];
  const [was, is] = [sidesOf(before), sidesOf(after)];
  for (const [id, { side, says }] of is) {
    const old = was.get(id)?.side;
    if (old === side) continue;
    changes.push({
      says:
        old === undefined ? `new, ${nameSide(side)}: ${says}` : `now ${nameSide(side)}, was ${nameSide(old)}: ${says}`,
      countsAgainst: side === 'against',
    });
  }
  for (const [id, { side, says }] of was)
    if (!is.has(id)) changes.push({ says: `gone, was ${nameSide(side)}: ${says}`, countsAgainst: false });
  return changes;
}

function comparePlans(before: Plan, after: Plan): MaterialChange[] {
  const changes: MaterialChange[] = [];
  const say = (says: string, countsAgainst = false) => changes.push({ says, countsAgainst });
  if (before.primary !== after.primary) say(`the primary is now ${after.primary}, it was ${before.primary}`, true);
  if (before.epoch !== after.epoch) say(`it is epoch ${after.epoch} now, it was ${before.epoch}`, true);
  if (before.systemIdentifier !== after.systemIdentifier)
    say(`the system is now ${after.systemIdentifier}, it was ${before.systemIdentifier}`, true);
  if (before.candidate !== after.candidate) say(`the candidate is now ${after.candidate}, it was ${before.candidate}`);
  if (before.timeline !== after.timeline) say(`the timeline is now ${after.timeline}, it was ${before.timeline}`, true);
  if (before.fence.method !== after.fence.method)
    say(`the fence is now ${after.fence.method}, it was ${before.fence.method}`, after.fence.method === 'unfenced');
  if (before.steps.map((s) => s.id).join() !== after.steps.map((s) => s.id).join())
    say(`the steps are now: ${after.steps.map((s) => s.id).join(', ')}`);
  const [was, is] = [before, after].map((plan) => plan.steps.find((s) => s.verb === 'prepare'));
  if (was !== undefined && is !== undefined && was.command !== is.command) say(`it is now: ${is.says}`);
  if (after.loss.upperBoundBytes > before.loss.capBytes)
    say(`up to ${sayBytes(after.loss.capBytes)} could be lost, it was ${sayBytes(before.loss.capBytes)}`, true);
  return changes;
}

function sidesOf(assessment: Assessment): Map<string, { side: SideName; says: string }> {
  const all = (['for', 'against', 'unknown'] as const).flatMap((side) =>
    assessment[side].map((item) => [item.id, { side, says: item.says }] as const),
  );
  return new Map(all);
}

function nameSide(side: SideName): string {
  return side === 'unknown' ? 'unknown' : side === 'for' ? 'evidence for' : 'evidence against';
}
