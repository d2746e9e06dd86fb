// The checker of plans, apart from their maker: what every plan must satisfy whoever made it. Runs when a plan is proposed
// and again before it's executed. Answers the violations, in words; none = sound.
import { isLsnAtLeast } from '../cluster/index.ts';
import type { Plan } from './plan.ts';

export function checkPlan(plan: Plan): readonly string[] {
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
    plan.fence.method === 'unfenced' || (position('fence') > 0 && position('fence') < position('promote')),
    'it promotes before the old primary is fenced',
  );
  must(
    plan.fence.method === 'unfenced' || plan.steps.find((s) => s.verb === 'fence')?.member === plan.primary,
    'it fences another member than the old primary',
  );
  must(
    position('settle') > position('fence') && position('settle') < position('promote'),
    'nobody settles who is ahead between fence and promotion',
  );
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
  must(ahead.length === 0, `${ahead.map((r) => r.member).join(', ')} is to follow the candidate and is ahead of it`);
  must(!follows.has(plan.candidate) && !follows.has(plan.primary), 'candidate or old primary is to follow itself');
  return violations;
}
