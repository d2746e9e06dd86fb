// What a tick does for one cluster: adopt what others did, believe something, and keep the proposal true to the case.
import { type Assessment, assess, sayDuration } from '../assessment/index.ts';
import { buildPlan, checkPlan, type PlanOutcome } from '../plan/index.ts';
import { isEnded } from '../proposal/index.ts';
import { adoptPrimary } from './adopt.ts';
import { auditEngine } from './entries.ts';
import type { Effect } from './io.ts';
import { sweepFirst } from './first-approval.ts';
import { makeCase } from './make-case.ts';
import { forgetTried } from './other-fence.ts';
import { keepProposal } from './proposals.ts';
import { offerRejoin } from './requests.ts';
import { keepWarning } from './warnings.ts';
import { type ClusterState, type EngineState, isBusy } from './state.ts';

/** A quiet, healthy cluster is judged once a second; anything else at every tick. */
const QUIET_EVERY_MS = 1_000;

export type Judged = { readonly cluster: ClusterState; readonly effects: readonly Effect[] };

/** A cluster with what is believed of it now, and nothing done about it yet. */
export type Belief = Judged & { readonly before: ClusterState; readonly plan?: PlanOutcome | undefined };

/** Undefined = quiet, judged a moment ago. */
export function believe(state: EngineState, before: ClusterState, nowMs: number): Belief | undefined {
  if (isQuiet(before, nowMs)) return undefined;
  const adopted = adoptPrimary(state, before, nowMs);
  return { ...assessPlan(state, adopted.cluster, nowMs), before, effects: adopted.effects };
}

/** What follows from a belief: it's told, and question and warning are kept true to it. */
export function actOn(state: EngineState, belief: Belief, nowMs: number): Judged {
  const { cluster, plan, before } = belief;
  const told = tell(before, cluster);
  const kept = keepProposal(state, cluster, { plan, nowMs });
  const swept = sweepFirst(kept.cluster, nowMs);
  const fresh = forgetTried(swept.cluster);
  const warned = keepWarning(state, fresh.cluster, nowMs);
  const offered = offerRejoin(state, warned.cluster, nowMs);
  return {
    cluster: offered.cluster,
    effects: [
      ...belief.effects,
      ...told,
      ...kept.effects,
      ...swept.effects,
      ...fresh.effects,
      ...warned.effects,
      ...offered.effects,
    ],
  };
}

function isQuiet(cluster: ClusterState, nowMs: number): boolean {
  const isCalm =
    cluster.assessment?.verdict === 'healthy' &&
    (cluster.proposal === undefined || isEnded(cluster.proposal.state)) &&
    cluster.run === undefined;
  return isCalm && nowMs - cluster.judgedAtMs < QUIET_EVERY_MS && cluster.heardAtMs <= cluster.judgedAtMs;
}

function assessPlan(
  state: EngineState,
  cluster: ClusterState,
  nowMs: number,
): { cluster: ClusterState; plan: PlanOutcome | undefined } {
  const given = makeCase(state, cluster, nowMs);
  const { assessment, judgment } = assess(given, cluster.judgment);
  if (assessment.action !== 'propose-failover')
    return { cluster: { ...cluster, judgment, assessment, judgedAtMs: nowMs }, plan: undefined };
  const plan = buildPlan({ ...given, suspectedSinceMs: judgment.suspectedSinceMs }, cluster.record.epoch);
  // Who has just started knows too little of the standbys to say that none may take over.
  const isTooEarly = !plan.ok && nowMs < state.doubtUntilMs;
  const weighed: Assessment = isTooEarly
    ? { ...assessment, action: 'none' }
    : weighPlan(cluster, assessment, { plan, nowMs });
  return {
    cluster: { ...cluster, judgment, assessment: weighed, judgedAtMs: nowMs },
    plan,
  };
}

/** A failure that can't or may not be proposed says so, and why. */
function weighPlan(
  cluster: ClusterState,
  assessment: Assessment,
  { plan, nowMs }: { plan: PlanOutcome; nowMs: number },
): Assessment {
  if (!plan.ok) {
    return {
      ...assessment,
      verdict: 'no-candidate',
      action: 'page',
      rule: `no-candidate/${assessment.rule}`,
      headline: `${cluster.record.primary} is out, and no standby may take over.`,
      explanation: `${assessment.explanation} ${plan.because}.`,
    };
  }
  const violations = checkPlan(plan.plan);
  if (violations.length > 0) {
    return {
      ...assessment,
      verdict: 'no-candidate',
      action: 'page',
      rule: 'no-candidate/unsound-plan',
      headline: `${cluster.record.primary} is out, and no sound plan could be made.`,
      explanation: violations.join('; '),
    };
  }
  const { lastPromotionAtMs } = cluster.record;
  const coolUntilMs = (lastPromotionAtMs ?? -Infinity) + cluster.policy.coolDownMs;
  if (nowMs < coolUntilMs && !isBusy(cluster)) {
    return {
      ...assessment,
      action: 'page',
      rule: `${assessment.rule}/cool-down`,
      explanation: `${assessment.explanation} Not proposed: the last promotion was ${sayDuration(nowMs - (lastPromotionAtMs ?? nowMs))} ago, the cool-down lasts another ${sayDuration(coolUntilMs - nowMs)}.`,
    };
  }
  return assessment;
}

function tell(before: ClusterState, after: ClusterState): readonly Effect[] {
  const { assessment } = after;
  if (assessment === undefined) return [];
  const was = before.assessment;
  const hasChanged = was === undefined || was.verdict !== assessment.verdict || was.action !== assessment.action;
  if (!hasChanged) return [];
  const says = `${assessment.headline} ${assessment.explanation}`;
  const payload = {
    verdict: assessment.verdict,
    action: assessment.action,
    rule: assessment.rule,
    before: was?.verdict ?? null,
  };
  return [
    { type: 'assessed', assessment },
    auditEngine('P1001', says, { atMs: assessment.atMs, cluster: assessment.cluster, payload }),
  ];
}
