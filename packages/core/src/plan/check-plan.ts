// The checker of plans, apart from their maker: what every plan must satisfy whoever made it. Runs when a plan is proposed
// and again before it's executed. Answers the violations, in words; none = sound.
import { isLsnAtLeast } from '../cluster/index.ts';
import type { Plan, Step } from './plan.ts';

export function checkPlan(plan: Plan): readonly string[] {
  return plan.kind === 'rejoin' ? checkRejoin(plan) : checkPromotion(plan);
}

function checkPromotion(plan: Plan): readonly string[] {
  const position = (verb: string) => plan.steps.findIndex((s) => s.verb === verb);
  const promotes = plan.steps.filter((s) => s.verb === 'promote');
  const violations: string[] = [];
  const must = (holds: boolean, says: string) => {
    if (!holds) violations.push(says);
  };
  must(promotes.length === 1, `a plan promotes exactly once, this one ${promotes.length} times`);
  must(plan.candidate !== plan.primary, 'the candidate is the primary itself');
  must(promotes[0]?.member === plan.candidate, 'it promotes another member than its candidate');
  must(position('look') === 0, 'it does not look before it acts');
  must(
    position('fence') > 0 && position('fence') < position('promote'),
    'it promotes before the old primary is fenced',
  );
  must(
    plan.steps.find((s) => s.verb === 'fence')?.member === plan.primary,
    'it fences another member than the old primary',
  );
  must(
    position('settle') > position('fence') && position('settle') < position('promote'),
    'nobody settles who is ahead between fence and promotion',
  );
  must(
    position('fast-forward') < 0 ||
      (position('fast-forward') > position('fence') && position('fast-forward') < position('settle')),
    'the candidate takes a sibling’s WAL outside of the fence and the settling',
  );
  must(
    plan.steps.every((s) => s.verb !== 'fast-forward' || isAimed(plan, s)),
    'the candidate is to take WAL, and from whom is not said, or not from a standby of the ranking',
  );
  const prepare = plan.steps.find((s) => s.verb === 'prepare');
  must(position('prepare') < position('promote'), 'commits are let go on only after the promotion');
  must(prepare === undefined || prepare.member === plan.candidate, 'it prepares another member than its candidate');
  must(position('verify') > position('promote'), 'nobody verifies the promotion');
  must(
    plan.steps.every((s, i) => s.isFollowUp === i > position('verify')),
    'follow-ups come after the service is back, and only they',
  );
  must(plan.pointOfNoReturn === promotes[0]?.id, 'the point of no return is not the promotion');
  must(plan.loss.capBytes >= plan.loss.bytes, 'the cap lies below what is known to be lost');
  must(new Set(plan.steps.map((s) => s.id)).size === plan.steps.length, 'two steps have one id');
  const follows = new Set(plan.steps.filter((s) => s.verb === 'repoint').map((s) => s.member));
  const ahead = plan.ranking.filter(
    (row) => follows.has(row.member) && row.lsn !== undefined && !isLsnAtLeast(plan.candidateLsn, row.lsn),
  );
  const taken = plan.steps.find((s) => s.verb === 'fast-forward')?.atLeastLsn;
  const left = ahead.filter((row) => taken === undefined || row.lsn === undefined || !isLsnAtLeast(taken, row.lsn));
  must(
    left.length === 0 || plan.kind === 'switchover',
    `${left.map((r) => r.member).join(', ')} is to follow the candidate and is ahead of it`,
  );
  must(!follows.has(plan.candidate) && !follows.has(plan.primary), 'candidate or old primary is to follow itself');
  if (plan.kind === 'switchover') {
    must(plan.fence.method === 'agent', 'a switchover stops the primary by its agent');
    must(plan.loss.capBytes === 0, 'a switchover loses nothing');
  }
  return violations;
}

/** It's the candidate that takes, from standbys that are named. */
function isAimed({ candidate, primary, ranking }: Plan, { member, from, atLeastLsn, ifAhead = [] }: Step): boolean {
  const givers = from === undefined ? ifAhead : [from, ...ifAhead];
  const known = ranking.map((row) => row.member).filter((id) => id !== candidate && id !== primary);
  const isWhole = (from === undefined) === (atLeastLsn === undefined) && givers.length > 0;
  return member === candidate && isWhole && givers.every((id) => known.includes(id));
}

function checkRejoin(plan: Plan): readonly string[] {
  const position = (verb: string) => plan.steps.findIndex((s) => s.verb === verb);
  const violations: string[] = [];
  const must = (holds: boolean, says: string) => {
    if (!holds) violations.push(says);
  };
  const changes = plan.steps.filter((s) => s.verb === 'rewind' || s.verb === 'clone');
  must(position('promote') < 0, 'a rejoin promotes nobody');
  must(plan.candidate !== plan.primary, 'the primary is to follow itself');
  must(
    plan.steps.every((s) => s.member === plan.candidate || (s.isFollowUp && s.member === plan.primary)),
    'it touches another member than the one that comes back',
  );
  must(position('look') === 0, 'it does not look before it acts');
  must(position('fence') === 1, 'it changes data that somebody may still write');
  must(changes.length <= 1, 'it rewinds and copies');
  must(
    plan.steps.every((s, i) => s.isFollowUp === i > position('start-as-standby')) && position('start-as-standby') > 0,
    'it does not end with a standby that follows, and follow-ups after it',
  );
  must(
    plan.steps.every((s) => !s.isFollowUp || s.verb === 'drop-old-slots' || s.verb === 'restore-sync'),
    'a follow-up of it does more than to tidy up',
  );
  must(new Set(plan.steps.map((s) => s.id)).size === plan.steps.length, 'two steps have one id');
  must(
    plan.steps.some((s) => s.id === plan.pointOfNoReturn),
    'its point of no return is none of its steps',
  );
  return violations;
}
