// Would a failover work now, and what would it cost? Every check on the same facts. It decides nothing: a plan has its own.
import type { ReadinessCheck } from '../wire/readiness.ts';
import type { Check, ReadinessState } from './check.ts';
import { CHECKS } from './checks/index.ts';
import type { ReadinessFacts } from './facts.ts';

export function checkReadiness(facts: ReadinessFacts, checks: readonly Check[] = CHECKS): ReadinessCheck[] {
  return checks.map(({ id, title, examine }) => {
    const { state, says, toDo } = examine(facts);
    return { id, title, state, says, ...(toDo === undefined ? {} : { toDo }) };
  });
}

/** In one sentence, the worst first. */
export function sayReadiness(checks: readonly ReadinessCheck[]): string {
  const count = (state: ReadinessState): number => checks.filter((check) => check.state === state).length;
  const [failing, costing, unread] = [count('fails'), count('costs'), count('unknown')];
  const rest = [
    ...(costing > 0 ? [`${costing} ${costing === 1 ? 'thing' : 'things'} would cost something`] : []),
    ...(unread > 0 ? [`${unread} ${unread === 1 ? 'is' : 'are'} not known`] : []),
  ];
  const head =
    failing > 0
      ? `A failover would not go well: ${failing} of ${checks.length} checks ${failing === 1 ? 'fails' : 'fail'}`
      : unread > 0
        ? 'Nothing that was looked at stands in the way of a failover'
        : 'Nothing stands in the way of a failover';
  return `${[head, ...rest].join('; ')}.`;
}
