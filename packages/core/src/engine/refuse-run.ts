// What was approved is what runs: asked before each step of a plan, since a run may come from the store, and the store from
// anywhere. The approval's digest, the run's and that of the very plan in hand are one; the plan is still sound. (Invariants
// I1, I2)
import { digestOf, isSamePerson, materialPlan } from '../approval/index.ts';
import type { Run } from '../journal/index.ts';
import { checkPlan, type Step } from '../plan/index.ts';
import type { ClusterState, EngineState } from './state.ts';

/** Why this run may not go on, in a sentence; undefined = it may. */
export function refuseRun(state: EngineState, cluster: ClusterState, run: Run, step: Step): string | undefined {
  const { proposal } = cluster;
  const approval = proposal !== undefined && 'approval' in proposal ? proposal.approval : undefined;
  if (approval?.kind !== 'approve' || approval.proposal !== run.proposal || approval.revision !== run.revision)
    return 'No recorded approval names this run. Nothing more is done.';
  const digest = digestOf(materialPlan(run.plan), state.config.hash);
  if (digest !== run.planDigest || approval.digests.plan !== run.planDigest)
    return 'The plan in hand is not the one that was approved. Nothing more is done.';
  const alone = refuseAlone(cluster, run);
  if (alone !== undefined) return alone;
  const other = (step.isFollowUp ? undefined : refuseOtherPrimary(cluster, run)) ?? refuseGivingUp(run);
  if (other !== undefined) return other;
  const violations = checkPlan(run.plan);
  return violations.length === 0 ? undefined : `The plan is not sound: ${violations.join('; ')}.`;
}

/** What takes two people ran with the approval of two, of one and the same plan. */
function refuseAlone({ proposal }: ClusterState, run: Run): string | undefined {
  if (proposal === undefined || !('approval' in proposal) || proposal.revision.consent.people < 2) return undefined;
  const { firstApproval: first, approval } = proposal;
  const isOfTwo = first?.kind === 'approve' && first.digests.plan === run.planDigest && !isSamePerson(first, approval);
  return isOfTwo ? undefined : 'It takes two people, and the record has not the approval of two. Nothing more is done.';
}

/** A rejoin may take hours, and somebody else may lead by then: it goes on behind the one that was approved, or not at all. */
function refuseOtherPrimary({ record }: ClusterState, { plan }: Run): string | undefined {
  if (plan.kind !== 'rejoin') return undefined;
  if (record.primary === plan.primary && record.epoch === plan.epoch + 1) return undefined;
  return `${record.primary} leads now: ${plan.candidate} was to follow ${plan.primary} as it was when this was approved. Ask for a rejoin anew.`;
}

const GIVING_UP: ReadonlySet<string> = new Set(['drop-promotion', 'unfence', 'repoint', 'restore-sync', 'drop-slots']);

/** The steps of giving up aren't in the approved plan: they may only take back, at its own members. */
function refuseGivingUp({ plan, abandoning }: Run): string | undefined {
  const strange = abandoning?.steps.find(
    (s) => !GIVING_UP.has(s.verb) || (s.member !== plan.primary && s.member !== plan.candidate),
  );
  return strange === undefined ? undefined : `${strange.id} is no step of giving this run up. Nothing more is done.`;
}
